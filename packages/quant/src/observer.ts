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
  /** `extremes`: the least and the greatest value of each batch, which the runtime finds by itself. `values`: all of them. */
  readonly needs: 'extremes' | 'values'
  readonly start: (options: z.output<Options>) => State
  /** Takes in one batch: its least and greatest value, which are finite, and all of them where the observer needs them. */
  readonly observe: (state: State, values: Float32Array, extremes: Range, options: z.output<Options>) => void
  /** The range to quantize; called once there is at least one batch. */
  readonly range: (state: State, type: ActivationType, options: z.output<Options>) => Range
}

/** An observer with its options, at work on one tensor. */
export interface Observation {
  /** Takes in one batch: all its values, and the least and the greatest of them. */
  readonly observe: (values: Float32Array, extremes: Range) => void
  /** The range to quantize; called once there was a batch. */
  readonly range: (type: ActivationType) => Range
}

/** The registry's view of an observer, whatever its state and options. */
export interface AnyObserver {
  readonly id: string
  readonly description: string
  readonly options: z.ZodType
  readonly needs: 'extremes' | 'values'
  /** Begins on one tensor; `options` are checked here. */
  readonly begin: (options?: unknown) => Observation
}

/** Hides the state's type behind `begin`; returns the observer frozen. */
export function defineObserver<Options extends z.ZodType, State>(observer: Observer<Options, State>): AnyObserver {
  const { id, description, needs, options: schema } = observer
  return Object.freeze({
    id,
    description,
    options: schema,
    needs,
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
