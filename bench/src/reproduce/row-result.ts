import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RunResult } from '@pare/recipe'
import { z } from 'zod'

const latency = z.object({ median: z.number() })

/** What one row gave with one seed, as `bench/results/<row>-<seed>.json` keeps it. */
const rowResultSchema = z.object({
  row: z.string(),
  seed: z.number(),
  /** Of the result, on the test images, which neither training nor choosing has seen. */
  top1: z.number(),
  /** Of the result, on the images held out of the training images, which the best epoch was chosen on. */
  heldOut: z.number().optional(),
  bytes: z.object({ before: z.number(), after: z.number() }),
  macs: z.object({ before: z.number().optional(), after: z.number().optional() }),
  parameters: z.object({ before: z.number(), after: z.number() }),
  /** Milliseconds, of both in turns; undefined where it was not measured. */
  latency: z.object({ before: latency, after: latency }).optional(),
  /** Of the run, without its pauses. */
  seconds: z.number(),
  environment: z.record(z.string(), z.unknown()),
  finished: z.string(),
})
export type RowResult = z.output<typeof rowResultSchema>

const folder = join(import.meta.dirname, '../../results')
const fileOf = (row: string, seed: number) => join(folder, `${row}-${seed}.json`)

/** Undefined for a row that was not run with this seed. */
export function readResult(row: string, seed: number): RowResult | undefined {
  const file = fileOf(row, seed)
  return existsSync(file) ? rowResultSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

export function writeResult(result: RowResult): void {
  const file = fileOf(result.row, result.seed)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.tmp`, `${JSON.stringify(result, null, 2)}\n`)
  renameSync(`${file}.tmp`, file)
}

/** @param top1 on the test images */
export function rowResult(row: string, top1: number, result: RunResult): RowResult {
  const { before, after, latencies, seed, seconds, environment, finished } = result
  const [timed] = latencies
  const heldOut = after.metrics?.top1
  return {
    row,
    seed,
    top1,
    ...(heldOut !== undefined && { heldOut }),
    bytes: { before: before.bytes, after: after.bytes },
    macs: {
      ...(before.macs !== undefined && { before: before.macs }),
      ...(after.macs !== undefined && { after: after.macs }),
    },
    parameters: { before: before.parameters, after: after.parameters },
    ...(timed && { latency: { before: { median: timed.before.median }, after: { median: timed.after.median } } }),
    seconds,
    environment: { ...environment },
    finished,
  }
}
