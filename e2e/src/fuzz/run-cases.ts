import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type CaseReport, hangMilliseconds } from './case-report.ts'

export interface RunCasesOptions {
  /** The module that makes the cases. Default: broken files. */
  readonly cases?: URL
  readonly seed: number
  readonly from: number
  readonly to: number
  /** Processes side by side. */
  readonly processes: number
  readonly onReport: (report: CaseReport) => void
}

/** A new process now and then, so that what leaks does not add up to a finding. */
const casesOfProcess = 2500
const startMilliseconds = 60_000

/** Runs cases in processes of their own; one that crashes or hangs is reported as such, and the rest goes on. */
export async function runCases(options: RunCasesOptions): Promise<void> {
  const { from, to, processes } = options
  const size = Math.max(1, Math.min(casesOfProcess, Math.ceil((to - from) / processes)))
  const starts = Array.from({ length: Math.ceil((to - from) / size) }, (_, index) => from + index * size).values()
  const lane = async () => {
    for (const start of starts) {
      const end = Math.min(to, start + size)
      for (let next = start; next < end; ) next = await runProcess(options, next, end)
    }
  }
  await Promise.all(Array.from({ length: processes }, lane))
}

/** One process for the cases from `from` on. Resolves to the case that the next process starts with. */
async function runProcess(options: RunCasesOptions, from: number, to: number, again = false): Promise<number> {
  const { cases = new URL('./make-case.ts', import.meta.url), seed, onReport } = options
  const folder = mkdtempSync(join(tmpdir(), 'pare-fuzz-'))
  const child = spawn(
    process.execPath,
    [
      '--conditions=@pare/source',
      '--max-old-space-size=512',
      join(import.meta.dirname, 'case-process.ts'),
      cases.href,
      folder,
      ...[seed, from, to].map(String),
    ],
    // Threads of the image decoder would only stand in each other's way.
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, UV_THREADPOOL_SIZE: '1', VIPS_CONCURRENCY: '1' } },
  )
  let next = from
  let started = false
  let failed = false
  let hung = false
  let errors = ''
  child.stderr.on('data', text => {
    errors = (errors + text).slice(-2000)
  })
  const exited = new Promise<string>(resolve => {
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  const hang = () => {
    hung = true
    child.kill('SIGKILL')
  }
  let timer = setTimeout(hang, startMilliseconds)
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer)
    timer = setTimeout(hang, hangMilliseconds)
    const report = JSON.parse(line) as CaseReport | 'ready'
    if (report === 'ready') {
      started = true
      continue
    }
    next = report.number + 1
    failed = report.problem !== undefined
    onReport(report)
  }
  clearTimeout(timer)
  const end = await exited
  rmSync(folder, { recursive: true, force: true })
  if (!started) throw new Error(`The cases cannot be made: ${end}\n${errors}`)
  if (failed || next >= to) return next
  // A machine that is busy with other things may stand still for as long: only what hangs twice hangs.
  if (hung && !again) return runProcess(options, next, next + 1, true)
  const problem = hung ? `hangs: more than ${hangMilliseconds / 1000} s` : `the process crashed: ${end}\n${errors}`
  onReport({ number: next, name: 'crash', reached: 'violation', milliseconds: 0, problem })
  return next + 1
}
