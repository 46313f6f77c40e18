import type { DataSource, Executor, Graph, ProgressListener } from '@pare/core-graph'
import type { Range } from './affine.ts'
import { calibrate } from './calibrate.ts'
import type { Ranges } from './insert-qdq.ts'
import type { AnyObserver } from './observer.ts'
import type { QuantizationPlan } from './plan.ts'

/** Calibration data, and how much of it is used how. */
export interface Sampling {
  readonly executor: Executor
  readonly calibration: DataSource
  readonly samples: number
  readonly batchSize: number
  readonly seed: number
  readonly progress?: ProgressListener
  readonly signal?: AbortSignal
}

/** What surrounds a quantization, as far as its calibration goes. */
interface SamplingContext extends Pick<Sampling, 'executor' | 'calibration' | 'progress' | 'signal'> {
  /** Default 0. */
  readonly seed?: number
}

/** @param samples and batch size as the options say */
export const samplingOf = (
  { executor, calibration, seed = 0, progress, signal }: SamplingContext,
  { samples, batchSize }: Pick<Sampling, 'samples' | 'batchSize'>,
): Sampling => ({
  executor,
  calibration,
  samples,
  batchSize,
  seed,
  ...(progress && { progress }),
  ...(signal && { signal }),
})

/** Gives the ranges that a plan asks for. */
export type RangeStore = (plan: Pick<QuantizationPlan, 'groups' | 'quantization'>) => Promise<Ranges>

/**
 * The ranges of a graph's values, each observed once, whichever of several plans first asks for it.
 * @param known ranges that need not be observed
 */
export function rangeStore(
  graph: Graph,
  observer: { readonly observer: AnyObserver; readonly options?: unknown },
  { executor, calibration, ...sampling }: Sampling,
  known: Ranges = new Map(),
): RangeStore {
  const ranges = new Map<string, Range>(known)
  return async ({ groups, quantization: { activations } }) => {
    const values = groups.flatMap(group => group.observed).filter(name => !ranges.has(name))
    if (values.length === 0) return ranges
    const options = { values, observers: [observer], activations, ...sampling }
    const [found = new Map<string, Range>()] = await calibrate(graph, executor, calibration, options)
    for (const [name, range] of found) ranges.set(name, range)
    return ranges
  }
}
