import { type Batch, createRandom, type DataSource, type Evaluator, elementCount, randomNormal } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'

/** Size of the images, and number of classes. */
export const patternShape = [1, 8, 8] as const
export const patternClasses = 4

/** A small network for them, before its training. */
export const patternModel = createModel('resnet', {
  depth: 8,
  width: 0.5,
  input: [...patternShape],
  classes: patternClasses,
  seed: 1,
})

/** What kind of images a model takes. */
export interface PatternKind {
  /** Name of the input. */
  readonly input: string
  /** `[C, H, W]` */
  readonly shape: readonly [channels: number, height: number, width: number]
  readonly classes: number
}

const smallKind: PatternKind = { input: 'input', shape: patternShape, classes: patternClasses }

/** Noisy images; the class is the field of a grid (of 2×2 fields for 4 classes) that is bright. */
export function patterns(size: number, seed: number, kind: PatternKind = smallKind): DataSource {
  const [channels, height, width] = kind.shape
  const grid = Math.ceil(Math.sqrt(kind.classes))
  const sample = (index: number) => {
    const random = createRandom(seed, index)
    const label = index % kind.classes
    const pixels = Float32Array.from({ length: channels * height * width }, (_, place) => {
      const [row, column] = [Math.floor(place / width) % height, place % width]
      const field = grid * Math.floor((row * grid) / height) + Math.floor((column * grid) / width)
      return Number(field === label) + 0.3 * randomNormal(random)
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
        yield batchOf(
          order.slice(start, start + batchSize).map(([, index]) => sample(index)),
          kind,
        )
      }
    },
  }
}

function batchOf(
  samples: readonly { readonly label: number; readonly pixels: Float32Array }[],
  { input, shape }: PatternKind,
): Batch {
  const pixelCount = elementCount(shape)
  const data = new Float32Array(samples.length * pixelCount)
  for (const [row, { pixels }] of samples.entries()) data.set(pixels, row * pixelCount)
  return {
    inputs: { [input]: { dataType: 'float32', dims: [samples.length, ...shape], data } },
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
      const classes = scores.length / size
      for (let row = 0; row < size; row++) {
        const own = scores.slice(row * classes, (row + 1) * classes)
        if (own.indexOf(Math.max(...own)) === labels?.[row]) right++
      }
      total += size
    }
    return { top1: right / total }
  }
