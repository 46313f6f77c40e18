import {
  DataError,
  type DataSource,
  type Executor,
  feedsOf,
  fittingBatchSize,
  fixedBatchSize,
  type Graph,
  type ProgressListener,
  type TensorData,
  type TensorMap,
  withOutputs,
} from '@pare/core-graph'
import type { ActivationType, Range } from './affine.ts'
import type { Ranges } from './insert-qdq.ts'
import type { AnyObserver, Observation } from './observer.ts'

export interface CalibrationOptions {
  /** Names of the values to observe. */
  readonly values: readonly string[]
  /** The observers, all served by the one run over the data. */
  readonly observers: readonly { readonly observer: AnyObserver; readonly options?: unknown }[]
  /** For what type ranges are chosen. */
  readonly activations: ActivationType
  /** Samples to use: the first of a shuffle by `seed`, or of the data's own order where it cannot be shuffled. */
  readonly samples: number
  /** Samples of a batch, at most: fewer where their values would take too much memory. A fixed batch size is the model's own. */
  readonly batchSize: number
  readonly seed: number
  readonly progress?: ProgressListener
  readonly signal?: AbortSignal
}

/**
 * Runs the model over calibration data once and lets every observer see every value, batch by batch; nothing is kept
 * of a batch, so memory does not grow with the number of samples.
 *
 * @returns the ranges that each observer chose, in the order of `observers`
 * @throws DataError `DATA_EMPTY` when there are no samples, `DATA_NOT_FINITE` for NaN or infinite values
 *   (and what `feedsOf` throws for data that do not fit the model)
 */
export async function calibrate(
  graph: Graph,
  executor: Executor,
  source: DataSource,
  options: CalibrationOptions,
): Promise<readonly Ranges[]> {
  const { values, observers, activations, samples, seed, progress, signal } = options
  const observations = new Map(
    values.map(name => [name, observers.map(({ observer, options }) => observer.begin(options))] as const),
  )
  const inputs = new Set(graph.inputs.map(input => input.name))
  const fetched = values.filter(name => !inputs.has(name))
  await using session = await executor.open(fetched.length > 0 ? withOutputs(graph, fetched) : graph)
  const run = async (tensors: TensorMap): Promise<TensorMap> =>
    fetched.length > 0 ? session.run(tensors, fetched) : {}
  const total = source.size === undefined ? undefined : Math.min(samples, source.size)
  const order = source.shuffles === false ? {} : { shuffle: { seed, epoch: 0 } }
  // With a batch size of the model's own only the last batch can be short; its last sample is then seen again.
  const batchSize =
    fixedBatchSize(graph) ??
    Math.min(
      options.batchSize,
      samples,
      await fittingBatchSize(source, memoryBudget, batch =>
        Promise.all(feedsOf(graph, batch).map(({ tensors }) => run(tensors))),
      ),
    )
  const seen = new Set<string>()
  let done = 0
  for await (const batch of source.batches({ batchSize, limit: samples, ...order, ...(signal ? { signal } : {}) })) {
    for (const { tensors } of feedsOf(graph, batch)) {
      signal?.throwIfAborted()
      const results = await run(tensors)
      for (const [name, each] of observations) if (observe(name, results[name] ?? tensors[name], each)) seen.add(name)
    }
    done += batch.size
    progress?.({ done, total, unit: 'samples' })
  }
  if (done === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: 'There are no samples to calibrate with.',
      hint: 'Give calibration data: a few hundred typical samples will do; labels are not needed.',
    })
  const ranges = observers.map(() => new Map<string, Range>())
  for (const [name, each] of observations) {
    await othersTurn()
    signal?.throwIfAborted()
    for (const [index, observation] of each.entries())
      ranges[index]?.set(name, seen.has(name) ? observation.range(activations) : zero)
  }
  return ranges
}

/** Of a value that never held an element. */
const zero: Range = { low: 0, high: 0 }

/** Lets an abort through: choosing one range may take a tenth of a second. */
const othersTurn = () =>
  new Promise<void>(resolve => {
    setTimeout(resolve, 0)
  })

/** What all values of a batch may take, in bytes. */
const memoryBudget = 64 * 2 ** 20

/** Returns whether there was anything to see. */
function observe(name: string, tensor: TensorData | undefined, observations: readonly Observation[]): boolean {
  if (!(tensor?.data instanceof Float32Array) || tensor.data.length === 0) return false
  const extremes = finiteExtremes(name, tensor.data)
  for (const observation of observations) observation.observe(tensor.data, extremes)
  return true
}

function finiteExtremes(name: string, values: Float32Array): Range {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
    // The sum of a difference with itself is zero for finite numbers only.
    if (value - value !== 0)
      throw new DataError({
        code: 'DATA_NOT_FINITE',
        message: `Calibration met ${value} in the value ${name}.`,
        hint: 'Look at the preprocessing first: the range of the images, mean and standard deviation; then at the model.',
      })
  }
  return { low, high }
}
