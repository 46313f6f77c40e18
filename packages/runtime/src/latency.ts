import { performance } from 'node:perf_hooks'
import { type Executor, elementCount, type Graph, ModelError, newTypedArray, type TensorMap } from '@pare/core-graph'

/** How often and how long a model is timed. */
export interface LatencyOptions {
  /** Samples in one run. Default 1. */
  readonly batchSize?: number
  /** Timed runs, at most, and at least one. Default 100. */
  readonly runs?: number
  /** Runs before the clock starts, and at least 50 ms of them unless it is 0, but no more than the budget. Default 5. */
  readonly warmup?: number
  /** The timed runs stop after so many milliseconds. Default 2000. */
  readonly budget?: number
  /** What to feed; default tensors of zeros of the model's input shapes. */
  readonly feeds?: TensorMap
  readonly signal?: AbortSignal
}

/** Times of single runs, in milliseconds. */
export interface Latency {
  readonly median: number
  /** The middle half of the runs lies between these. */
  readonly quartiles: readonly [number, number]
  readonly least: number
  readonly runs: number
}

/**
 * Times a model in a session of its own.
 * @throws ModelError `MODEL_INPUT_SHAPE` when an input has an unknown size and no feeds are given; a symbolic first
 *   dimension is taken as the batch; the reason of an aborted signal
 */
export async function measureLatency(executor: Executor, graph: Graph, options: LatencyOptions = {}): Promise<Latency> {
  const times: number[] = []
  await timeRuns(executor, graph, options, times)
  return latencyOf(times)
}

/** How often the models take turns: a machine's speed drifts, and so it drifts for all of them. */
const rounds = 5

/**
 * Times models against each other: in turns, never two sessions at once, whose waiting threads would be in each other's
 * way. Figures of one call can be compared, those of two calls cannot.
 * @param options `runs` and `budget` are those of each model in all
 * @throws as `measureLatency`
 */
export async function compareLatency(
  executor: Executor,
  graphs: readonly Graph[],
  options: LatencyOptions = {},
): Promise<readonly Latency[]> {
  const { runs = 100, budget = 2000 } = options
  const share = { ...options, runs: Math.ceil(runs / rounds), budget: budget / rounds }
  const times = graphs.map((): number[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, graph] of graphs.entries()) await timeRuns(executor, graph, share, times[index] ?? [])
  return times.map(latencyOf)
}

/** The first runs of a session are slow, however short: caches, clock rates and threads have to wake up. */
export const warmupMilliseconds = 50

async function timeRuns(executor: Executor, graph: Graph, options: LatencyOptions, times: number[]): Promise<void> {
  const { batchSize = 1, runs = 100, warmup = 5, budget = 2000, signal } = options
  const feeds = options.feeds ?? zeroFeeds(graph, batchSize)
  await using session = await executor.open(graph)
  const timed = async (): Promise<number> => {
    signal?.throwIfAborted()
    const before = performance.now()
    await session.run(feeds)
    return performance.now() - before
  }
  const warmedUp = warmup === 0 ? 0 : performance.now() + warmupMilliseconds
  const enough = performance.now() + budget
  for (let run = 0; run < warmup || performance.now() < warmedUp; run++) {
    await timed()
    if (performance.now() > enough) break
  }
  const start = performance.now()
  let done = 0
  do {
    times.push(await timed())
    done++
  } while (done < runs && performance.now() - start < budget)
}

/** Statistics of the times of single runs. */
export function latencyOf(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => quantile(sorted, share)
  return { median: at(0.5), quartiles: [at(0.25), at(0.75)], least: at(0), runs: sorted.length }
}

/** Of sorted values, linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return below + (place - Math.floor(place)) * (above - below)
}

/** Tensors of zeros of the model's input shapes. */
export function zeroFeeds(graph: Graph, batchSize: number): TensorMap {
  return Object.fromEntries(
    graph.inputs.map(({ name, type }) => {
      const dims = type?.shape?.map((dimension, axis) =>
        typeof dimension === 'number' ? dimension : axis === 0 ? batchSize : -1,
      )
      if (!type || !dims || dims.includes(-1))
        throw new ModelError({
          code: 'MODEL_INPUT_SHAPE',
          message: `The size of the input ${name} [${type?.shape?.map(dimension => dimension ?? '?').join(', ') ?? '?'}] is not fixed.`,
          hint: 'Give the input a fixed shape, or feed tensors of your own.',
        })
      return [name, { dataType: type.dataType, dims, data: newTypedArray(type.dataType, elementCount(dims)) }]
    }),
  )
}
