import {
  type Batch,
  createRandom,
  type DataSource,
  elementCount,
  randomNormal,
  type StrategyContext,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'

/** Size of the images, and number of classes. */
export const patternShape = [1, 8, 8] as const
export const patternClasses = 4

/** Noisy images; the class is the quarter that is bright. */
export function patterns(size: number, seed: number, labelled = true): DataSource {
  const [channels, height, width] = patternShape
  const sample = (index: number) => {
    const random = createRandom(seed, index)
    const label = index % patternClasses
    const pixels = Float32Array.from({ length: channels * height * width }, (_, place) => {
      const [row, column] = [Math.floor(place / width) % height, place % width]
      const field = 2 * Math.floor((row * 2) / height) + Math.floor((column * 2) / width)
      return Number(field === label) + 0.3 * randomNormal(random)
    })
    return { label, pixels }
  }
  return {
    size,
    labelled,
    batches: async function* ({ batchSize, shuffle, skip = 0, limit = size, dropLast }) {
      const random = shuffle && createRandom(shuffle.seed, shuffle.epoch)
      const order = [...Array(size).keys()]
        .map(index => [random?.() ?? index, index] as const)
        .sort(([a], [b]) => a - b)
        .slice(0, limit)
      for (let start = skip * batchSize; start < order.length - (dropLast ? batchSize - 1 : 0); start += batchSize)
        yield batchOf(
          order.slice(start, start + batchSize).map(([, index]) => sample(index)),
          labelled,
        )
    },
  }
}

function batchOf(
  samples: readonly { readonly label: number; readonly pixels: Float32Array }[],
  labelled: boolean,
): Batch {
  const data = new Float32Array(samples.length * elementCount(patternShape))
  for (const [row, { pixels }] of samples.entries()) data.set(pixels, row * pixels.length)
  return {
    inputs: { input: { dataType: 'float32', dims: [samples.length, ...patternShape], data } },
    labels: labelled ? Int32Array.from(samples, ({ label }) => label) : undefined,
    size: samples.length,
  }
}

/** The context of a strategy on patterns, whose notes are kept. */
export function testContext(own: Partial<StrategyContext> = {}): StrategyContext & { readonly notes: string[] } {
  const notes: string[] = []
  return {
    executor: createExecutor({ threads: 1 }),
    calibration: patterns(64, 1),
    train: patterns(128, 2),
    validation: patterns(96, 3),
    seed: 1,
    progress: () => {},
    note: message => notes.push(message),
    signal: new AbortController().signal,
    ...own,
    notes,
  }
}
