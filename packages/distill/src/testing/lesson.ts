import {
  type Batch,
  createRandom,
  type DataSource,
  type Graph,
  type StrategyContext,
  type StrategyResult,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { type TrainOptionsInput, type TrainResult, type TrainSetup, train } from '@pare/train'
import { randomTensor } from './run-graph.ts'

/** Channels, height and width of the samples. */
export const sampleShape = [1, 8, 8] as const

/** A small classifier of four classes: `stage1/block1/Relu:0` and so on, sizes 8×8, 4×4 and 2×2. */
export const network = (seed: number, width = 0.5, classes = 4): Graph =>
  createModel('resnet', { depth: 8, width, input: [...sampleShape], classes, seed })

/** Random images without labels, each with its place. */
export function images(size: number, seed: number, facts: Partial<DataSource> = {}): DataSource {
  const { data } = randomTensor(seed, size, ...sampleShape)
  const length = data.length / size
  const batchOf = (places: readonly number[]): Batch => {
    const pixels = new Float32Array(places.length * length)
    for (const [row, place] of places.entries())
      pixels.set(data.subarray(place * length, (place + 1) * length) as Float32Array, row * length)
    return {
      inputs: { input: { dataType: 'float32', dims: [places.length, ...sampleShape], data: pixels } },
      labels: undefined,
      places: Int32Array.from(places),
      size: places.length,
    }
  }
  return {
    size,
    labelled: false,
    batches: async function* ({ batchSize, shuffle, skip = 0, limit = size, dropLast }) {
      const random = shuffle && createRandom(shuffle.seed, shuffle.epoch)
      const keys = Array.from({ length: size }, (_, place) => random?.() ?? place)
      const order = [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
      for (let start = skip * batchSize; start < limit - (dropLast ? batchSize - 1 : 0); start += batchSize)
        yield batchOf(order.slice(start, Math.min(start + batchSize, limit)))
    },
    ...facts,
  }
}

export interface Lesson {
  readonly context: StrategyContext
  readonly notes: readonly string[]
}

/** What a strategy is given beside the student. */
export function lesson(teacher: Graph, more: Partial<StrategyContext> = {}): Lesson {
  const notes: string[] = []
  const context: StrategyContext = {
    executor: createExecutor({ threads: 1 }),
    teacher,
    seed: 1,
    progress: () => {},
    note: message => notes.push(message),
    signal: new AbortController().signal,
    ...more,
  }
  return { context, notes }
}

/** Trains by what strategies made alone, without labels. */
export const taught = (
  student: Graph,
  results: readonly StrategyResult[],
  source: DataSource,
  options: TrainOptionsInput,
  more: Partial<TrainSetup> = {},
): Promise<TrainResult> =>
  train(student, {
    options: { loss: [], augment: false, ...options },
    source,
    parts: results.flatMap(({ training }) => training ?? []),
    executor: createExecutor({ threads: 1 }),
    evaluate: async () => ({ top1: 0 }),
    seed: 1,
    ...more,
  })
