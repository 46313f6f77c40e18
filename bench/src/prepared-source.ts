import { type Batch, createRandom, type DataSource, randomNormal } from '@pare/core-graph'
import { classes, type TrainingCase } from './training-cases.ts'

/** How many different batches there are. */
const count = 4

/**
 * A training's batches, made beforehand: noise with labels. Each is given as a copy, since whoever runs a step may keep
 * its memory.
 * @param steps how many batches one pass has
 * @param gate is waited for before each
 */
export function preparedSource(
  { input, batchSize, create }: TrainingCase,
  steps: number,
  gate: () => Promise<void> = async () => {},
): DataSource {
  const name = create().inputs[0]?.name ?? ''
  const random = createRandom(7)
  const dims = [batchSize, ...input]
  const length = dims.reduce((a, b) => a * b)
  const batches = Array.from({ length: count }, () => ({
    data: Float32Array.from({ length }, () => randomNormal(random)),
    labels: Int32Array.from({ length: batchSize }, () => Math.floor(classes * random())),
  }))
  return {
    size: steps * batchSize,
    labelled: true,
    async *batches(): AsyncIterable<Batch> {
      for (let step = 0; step < steps; step++) {
        await gate()
        const batch = batches[step % count]
        if (batch)
          yield {
            inputs: { [name]: { dataType: 'float32', dims, data: batch.data.slice() } },
            labels: batch.labels.slice(),
            size: batchSize,
          }
      }
    },
  }
}
