// npm run fuzz -- [--cases 100000] [--from 0] [--seed 1] [--processes 2]
// npm run fuzz -- --case 12345 [--seed 1]      one case again, in this process: for a debugger

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CaseReport } from './case-report.ts'
import { makeCase } from './make-case.ts'
import { runCases } from './run-cases.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    case: { type: 'string' },
  },
})
const seed = Number(values.seed)

/** Writes the broken file of a case to where it can be looked at. */
function keep(number: number): string {
  const folder = join(import.meta.dirname, '../../../.pare/fuzz')
  mkdirSync(folder, { recursive: true })
  const { name, bytes } = makeCase(seed, number)
  const path = join(folder, `${seed}-${number}-${name.replaceAll(/[^\w.-]/g, '-')}`)
  writeFileSync(path, bytes)
  return path
}

async function runOne(number: number): Promise<void> {
  console.log(`case ${number}: ${keep(number)}`)
  const { name, check } = makeCase(seed, number)
  const folder = mkdtempSync(join(tmpdir(), 'pare-fuzz-'))
  try {
    console.log(`${name}: ${await check(folder)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runAll(): Promise<void> {
  const from = Number(values.from)
  const count = Number(values.cases)
  const start = performance.now()
  const reached = new Map<string, number>()
  const failed: CaseReport[] = []
  let slowest: CaseReport | undefined
  let done = 0
  const onReport = (report: CaseReport) => {
    done++
    const place = `${report.name.split(':')[0]} ${report.reached}`
    reached.set(place, (reached.get(place) ?? 0) + 1)
    if (!slowest || report.milliseconds > slowest.milliseconds) slowest = report
    if (report.problem !== undefined) {
      failed.push(report)
      console.log(`\ncase ${report.number} (${report.name}): ${report.problem}\n  file: ${keep(report.number)}`)
      console.log(`  again: npm run fuzz -- --seed ${seed} --case ${report.number}`)
    }
    if (done % 1000 > 0) return
    const seconds = (performance.now() - start) / 1000
    const left = ((count - done) * seconds) / done
    console.log(
      `${done} of ${count} cases, ${Math.round(done / seconds)} a second, ${Math.round(left)} s left, ${failed.length} failed`,
    )
  }
  await runCases({ seed, from, to: from + count, processes: Number(values.processes), onReport })
  const seconds = (performance.now() - start) / 1000
  for (const [place, times] of [...reached].sort()) console.log(`${place.padEnd(20)} ${times}`)
  console.log(`slowest: case ${slowest?.number} (${slowest?.name}), ${Math.round(slowest?.milliseconds ?? 0)} ms`)
  console.log(`${done} cases in ${Math.round(seconds)} s, ${failed.length} failed`)
  process.exitCode = failed.length > 0 ? 1 : 0
}

await (values.case === undefined ? runAll() : runOne(Number(values.case)))
