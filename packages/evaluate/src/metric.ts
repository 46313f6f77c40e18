import type { TensorMap } from '@pare/core-graph'
import type { Scores } from './scores.ts'

/** What a metric may ask for: a class of every sample; one score for each class of every sample. */
export type MetricNeed = 'labels' | 'scores'

/** Some samples and what the model made of them. */
export interface Measured<Needs extends MetricNeed = MetricNeed> {
  readonly inputs: TensorMap
  /** The measured output and those that the metric fetches, by name. */
  readonly outputs: TensorMap
  /** Class of each sample, `[size]`. */
  readonly labels: 'labels' extends Needs ? Int32Array : Int32Array | undefined
  readonly scores: 'scores' extends Needs ? Scores : Scores | undefined
  readonly size: number
}

/**
 * A metric: a fold over the samples in parts of any size, in any order. Its state does not grow with their number.
 *
 *     const confidence = defineMetric({
 *       id: 'confidence',
 *       description: 'Mean of the largest score',
 *       needs: ['scores'],
 *       start: () => ({ sum: 0, count: 0 }),
 *       update: ({ sum, count }, { scores }) => …,
 *       result: ({ sum, count }) => sum / count,
 *     })
 */
export interface MetricDefinition<State, Needs extends MetricNeed> {
  /** Its key in the results. */
  readonly id: string
  readonly description: string
  readonly needs: readonly Needs[]
  /** Outputs of the model that it reads beside the measured one. Default: none. */
  readonly fetches?: readonly string[]
  /** The state before the first sample. */
  readonly start: () => State
  /** The state after some more samples. */
  readonly update: (state: State, measured: Measured<Needs>) => State
  /** Called once there were samples; must be finite. */
  readonly result: (state: State) => number
  /** What else there is to say of it, as plain JSON data. */
  readonly details?: (state: State) => unknown
}

/** A metric whose state is its own affair. */
export interface Metric {
  readonly id: string
  readonly description: string
  readonly needs: readonly MetricNeed[]
  readonly fetches: readonly string[]
  /** Starts a measurement. */
  readonly begin: () => Measurement
}

/** A metric at work on one model. */
export interface Measurement {
  /** Takes samples, which have all that the metric needs. */
  readonly add: (measured: Measured<never>) => void
  /** The figure, after the last sample. */
  readonly result: () => number
  /** What else there is to say of it, as plain JSON data. */
  readonly details: () => unknown
}

/** Hides the state's type behind `begin`; returns the metric frozen. */
export const defineMetric = <State, const Needs extends MetricNeed = never>({
  id,
  description,
  needs,
  fetches = [],
  start,
  update,
  result,
  details,
}: MetricDefinition<State, Needs>): Metric =>
  Object.freeze({
    id,
    description,
    needs,
    fetches,
    begin: () => {
      let state = start()
      return {
        // `evaluate` has made sure of the needs.
        add: (measured: Measured<never>) => {
          state = update(state, measured as unknown as Measured<Needs>)
        },
        result: () => result(state),
        details: () => details?.(state),
      }
    },
  })
