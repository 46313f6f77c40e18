import {
  DataError,
  type DataSource,
  type Executor,
  feedsOf,
  fittingBatchSize,
  fixedBatchSize,
  type Graph,
  type ProgressListener,
  shuffledOrder,
  type TensorMap,
} from '@pare/core-graph'
import type { ActivationType, Range } from './affine.ts'
import type { Ranges } from './insert-qdq.ts'
import type { AnyObserver, Observation } from './observer.ts'
import { checkSums, finiteExtremes, type Probe, probe, reducedExtremes } from './probe.ts'

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
  const needsValues = observers.some(({ observer }) => observer.needs === 'values')
  const { graph: probed, probes, sums, fetches } = probe(graph, values, needsValues)
  await using session = await executor.open(probed, { plansMemory: false })
  const run = async (tensors: TensorMap): Promise<TensorMap> =>
    fetches.length > 0 ? session.run(tensors, fetches) : {}
  const total = source.size === undefined ? undefined : Math.min(samples, source.size)
  // With a batch size of the model's own only the last batch can be short; its last sample is then seen again.
  const batchSize =
    fixedBatchSize(graph) ??
    Math.min(
      options.batchSize,
      samples,
      // What is only reduced takes memory too, in the runtime.
      atLeastOne(memoryBudget / probes.reduce((sum, { whole, bytes }) => sum + (whole ? 0 : bytes), 1)),
      await fittingBatchSize(source, memoryBudget, batch =>
        Promise.all(feedsOf(graph, batch).map(({ tensors }) => run(tensors))),
      ),
    )
  const seen = new Set<string>()
  let done = 0
  for await (const batch of source.batches({
    batchSize,
    limit: samples,
    ...shuffledOrder(source, seed),
    ...(signal ? { signal } : {}),
  })) {
    for (const { tensors } of feedsOf(graph, batch)) {
      signal?.throwIfAborted()
      const results = await run(tensors)
      checkSums(sums, results)
      for (const each of probes)
        if (observe(each, results, tensors, observations.get(each.value) ?? [])) seen.add(each.value)
      release(results)
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
const memoryBudget = 16 * 2 ** 20

/**
 * Gives the memory of a run's outputs back at once: they may be tens of megabytes, and the garbage collector would let
 * several of them pile up.
 */
function release(outputs: TensorMap): void {
  for (const { data } of Object.values(outputs)) {
    const { buffer } = data
    if (buffer instanceof ArrayBuffer && data.byteLength === buffer.byteLength) buffer.transfer(0)
  }
}

const atLeastOne = (count: number) => Math.max(1, Math.floor(count))

const noElements = new Float32Array(0)

/** Returns whether there was anything to see. */
function observe(
  { value, reduced, whole }: Probe,
  results: TensorMap,
  inputs: TensorMap,
  observations: readonly Observation[],
): boolean {
  const elements = whole ? (results[value] ?? inputs[value])?.data : noElements
  if (!(elements instanceof Float32Array) || (elements.length === 0 && !reduced)) return false
  const extremes = reduced ? reducedExtremes(value, reduced, results) : finiteExtremes(value, elements)
  if (!extremes) return false
  for (const observation of observations) observation.observe(elements, extremes)
  return true
}
