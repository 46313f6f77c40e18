import type { z } from 'zod'
import type { ActivationType, Range } from './affine.ts'

/**
 * A way to choose the range of a tensor from the values that it takes on calibration data: a fold over batches in
 * constant memory. `State` is the observer's own and is written in place.
 */
export interface Observer<Options extends z.ZodType = z.ZodType, State = unknown> {
  /** What a recipe says after `observer:`; kebab-case. */
  readonly id: string
  /** One sentence for help and forms. */
  readonly description: string
  readonly options: Options
  readonly start: (options: z.output<Options>) => State
  /** Takes in one batch. `extremes` are the least and the greatest of `values`, which are finite and not none. */
  readonly observe: (state: State, values: Float32Array, extremes: Range, options: z.output<Options>) => void
  /** The range to quantize; called once there is at least one batch. */
  readonly range: (state: State, type: ActivationType, options: z.output<Options>) => Range
}

/** An observer with its options, at work on one tensor. */
export interface Observation {
  readonly observe: (values: Float32Array, extremes: Range) => void
  readonly range: (type: ActivationType) => Range
}

/** The registry's view of an observer, whatever its state and options. */
export interface AnyObserver {
  readonly id: string
  readonly description: string
  readonly options: z.ZodType
  /** Begins on one tensor; `options` are checked here. */
  readonly begin: (options?: unknown) => Observation
}

/** Hides the state's type behind `begin`; returns the observer frozen. */
export function defineObserver<Options extends z.ZodType, State>(observer: Observer<Options, State>): AnyObserver {
  const { id, description, options: schema } = observer
  return Object.freeze({
    id,
    description,
    options: schema,
    begin: (given: unknown = {}): Observation => {
      const options = schema.parse(given)
      const state = observer.start(options)
      return {
        observe: (values, extremes) => observer.observe(state, values, extremes, options),
        range: type => observer.range(state, type, options),
      }
    },
  })
}
