import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createRandom,
  type DataSource,
  defineStrategy,
  type Need,
  randomNormal,
  type Strategy,
  type StrategyContext,
  type StrategyResult,
} from '@pare/core-graph'
import { openAsyncIterable } from '@pare/data'
import { createModel } from '@pare/models'
import { writeModel } from '@pare/runtime'
import { afterEach, beforeEach } from 'vitest'
import { z } from 'zod'

/** A folder for each test of a file, with `model.onnx`: 4 classes of 1×8×8. @returns its path while a test runs */
export function folderWithModel(): () => string {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pare-run-'))
    await writeModel(join(folder, 'model.onnx'), smallModel(1))
  })
  afterEach(() => rm(folder, { recursive: true }))
  return () => folder
}

export const smallModel = (seed: number) =>
  createModel('resnet', { depth: 8, width: 0.25, input: [1, 8, 8], classes: 4, seed })

/** Samples around one point for each class. */
export const samples = (count: number): Promise<DataSource> =>
  openAsyncIterable(
    async function* () {
      const random = createRandom(7)
      for (let index = 0; index < count; index++) {
        const label = index % 4
        const data = Float32Array.from(
          { length: 64 },
          (_, pixel) => (pixel % 4 === label ? 1 : 0) + 0.3 * randomNormal(random),
        )
        yield { inputs: { dataType: 'float32' as const, dims: [1, 8, 8], data }, label }
      }
    },
    { size: count, shuffles: true },
  )

/** The same samples without their labels. */
export const unlabelled = (source: DataSource): DataSource => ({
  ...source,
  labelled: false,
  batches: async function* (options) {
    for await (const batch of source.batches(options)) yield { ...batch, labels: undefined }
  },
})

/** `test.asks`: a strategy that needs something, and does what a test wants with its context. */
export const asking = (
  needs: readonly Need[],
  work: (
    context: StrategyContext,
    graph: Parameters<Strategy['prepare']>[0],
  ) => Promise<Partial<StrategyResult> | undefined>,
) =>
  defineStrategy({
    id: 'test.asks',
    description: 'Does what a test wants',
    options: z.strictObject({}),
    needs,
    prepare: async (graph, _, context) => ({ graph, ...(await work(context, graph)) }),
  })
