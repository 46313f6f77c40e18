import { type Batch, createRandom, type DataSource, type Evaluator, randomNormal } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'

/** Size of the images, and number of classes. */
export const patternShape = [1, 8, 8] as const
export const patternClasses = 4

/** Noisy images `[1, 8, 8]`; the class is the quarter that is bright. */
export function patterns(size: number, seed: number): DataSource {
  const sample = (index: number) => {
    const random = createRandom(seed, index)
    const label = index % patternClasses
    const pixels = Float32Array.from({ length: 64 }, (_, place) => {
      const quarter = 2 * Number(place >= 32) + Number(place % 8 >= 4)
      return Number(quarter === label) + 0.3 * randomNormal(random)
    })
    return { label, pixels }
  }
  return {
    size,
    labelled: true,
    batches: async function* ({ batchSize, shuffle, skip = 0, limit = size, dropLast, signal }) {
      const random = shuffle && createRandom(shuffle.seed, shuffle.epoch)
      const order = [...Array(size).keys()]
        .map(index => [random?.() ?? index, index] as const)
        .sort(([a], [b]) => a - b)
      for (let start = skip * batchSize; start < limit - (dropLast ? batchSize - 1 : 0); start += batchSize) {
        signal?.throwIfAborted()
        yield batchOf(order.slice(start, start + batchSize).map(([, index]) => sample(index)))
      }
    },
  }
}

function batchOf(samples: readonly { readonly label: number; readonly pixels: Float32Array }[]): Batch {
  const data = new Float32Array(samples.length * 64)
  for (const [row, { pixels }] of samples.entries()) data.set(pixels, row * 64)
  return {
    inputs: { input: { dataType: 'float32', dims: [samples.length, ...patternShape], data } },
    labels: Int32Array.from(samples, ({ label }) => label),
    size: samples.length,
  }
}

/** Share of a source's samples that a model classifies rightly. */
export const accuracyOn =
  (source: DataSource): Evaluator =>
  async graph => {
    await using session = await createExecutor({ threads: 1 }).open(graph)
    let [right, total] = [0, 0]
    for await (const { inputs, labels, size } of source.batches({ batchSize: 32 })) {
      const { logits } = await session.run(inputs)
      const scores = Array.from(logits?.data ?? [], Number)
      for (let row = 0; row < size; row++) {
        const own = scores.slice(row * patternClasses, (row + 1) * patternClasses)
        if (own.indexOf(Math.max(...own)) === labels?.[row]) right++
      }
      total += size
    }
    return { top1: right / total }
  }
