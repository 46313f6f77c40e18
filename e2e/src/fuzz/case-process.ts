// A process of its own for a range of cases: node case-process.ts MODULE FOLDER SEED FROM TO. It writes a line of JSON
// for each case as soon as it is done, so that whoever started it knows which case a crash or a hang belongs to.

import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { Violation } from './attempt.ts'
import { type CaseReport, memoryLimit } from './case-report.ts'
import type { CaseMaker } from './make-case.ts'

const [module = '', folder = '', ...numbers] = process.argv.slice(2)
const [seed = 0, from = 0, to = 0] = numbers.map(Number)
const { makeCase } = (await import(module)) as CaseMaker
const report = (message: CaseReport | 'ready') => writeSync(1, `${JSON.stringify(message)}\n`)

const prototypes = [Object, Array, Function, String, Number, Map, Uint8Array, Promise].map(
  ({ prototype }) => prototype as object,
)
/** What every object inherits; pollution adds to it or replaces a part of it. */
const inherited = () => prototypes.map(prototype => Object.getOwnPropertyDescriptors(prototype))
const clean = inherited()

function isPolluted(): boolean {
  return inherited().some((descriptors, index) => {
    const before = clean[index] ?? {}
    const keys = Reflect.ownKeys(descriptors)
    return (
      keys.length !== Reflect.ownKeys(before).length ||
      keys.some(key => Reflect.get(descriptors, key)?.value !== Reflect.get(before, key)?.value)
    )
  })
}

let stray: unknown
process.on('unhandledRejection', error => {
  stray = error
})
process.on('uncaughtException', error => {
  stray = error
})

/** Most that the process ever held, and what its heap and its buffers hold that is not collected yet; in bytes. */
const memory = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { peak: process.resourceUsage().maxRSS * 1024, held: heapUsed + arrayBuffers }
}

async function runCase(number: number): Promise<CaseReport> {
  const { name, check, bytes } = makeCase(seed, number)
  const before = memory()
  const start = performance.now()
  let reached = 'violation'
  let problem: string | undefined
  try {
    reached = await check(folder)
  } catch (error) {
    problem =
      error instanceof Violation ? error.message : `in the fuzzer: ${error instanceof Error ? error.stack : error}`
  }
  const after = memory()
  // What was thrown where nobody waits for it arrives with the next turn of the event loop.
  await setImmediate()
  const taken = Math.max(after.peak - before.peak, after.held - before.held)
  if (taken > memoryLimit)
    problem ??= `a file of ${bytes.length} bytes took ${Math.round(taken / 2 ** 20)} MiB of memory`
  if (isPolluted()) problem ??= 'a prototype was changed'
  if (stray !== undefined) problem ??= `nobody waited for: ${stray instanceof Error ? stray.stack : stray}`
  stray = undefined
  return { number, name, reached, milliseconds: performance.now() - start, ...(problem ? { problem } : {}) }
}

report('ready')
for (let number = from; number < to; number++) {
  const done = await runCase(number)
  report(done)
  // What is polluted stays so: the rest belongs to a new process.
  if (done.problem) break
}
process.exit()
