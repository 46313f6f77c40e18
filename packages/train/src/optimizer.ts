import type { Value } from '@pare/core-graph'
import { z } from 'zod'
import type { Expressions } from './expression.ts'
import { kindOption } from './kind-option.ts'

/** What one update of one parameter takes: tensors of one shape. */
export interface UpdateInputs<State extends string = string> {
  readonly parameter: Value
  /** Of the loss, by the parameter. */
  readonly gradient: Value
  readonly state: Readonly<Record<State, Value>>
  /** Share of the parameter that is taken off at a learning rate of 1; 0 for a parameter that is spared. */
  readonly weightDecay: number
}

/** What an update makes: the next parameter and state. */
export interface Updated<State extends string = string> {
  readonly parameter: Value
  readonly state: Readonly<Record<State, Value>>
}

/** Scalars that all updates of one step share. */
export interface StepScalars {
  /** `[]` */
  readonly learningRate: Value
  /** Number of this update, from 1, as a float `[]`: counted where an optimizer asks for it. */
  readonly step: () => Value
}

/** The options that all optimizers have. */
export const commonOptions = (defaults: { readonly learningRate: number; readonly weightDecay: number }) => ({
  learningRate: z
    .number()
    .positive()
    .default(defaults.learningRate)
    .describe('Highest learning rate, reached after the warm-up'),
  weightDecay: z
    .number()
    .nonnegative()
    .default(defaults.weightDecay)
    .describe('Pulls weights of convolutions and linear layers to 0; biases and BatchNormalization are spared'),
})

type Shape = z.ZodRawShape & ReturnType<typeof commonOptions>

/** How parameters follow their gradients: element by element, as a part of the step's graph. */
export interface Optimizer<Id extends string, State extends string, Options extends Shape> {
  /** What a recipe says after `kind:`; kebab-case. */
  readonly id: Id
  /** One sentence for help and forms. */
  readonly description: string
  readonly options: Options
  /** What it keeps for each parameter, of the parameter's shape and all 0 at first. */
  readonly state: readonly State[]
  /** Builds what all parameters share; gives the function that builds the update of one. */
  readonly begin: (
    ops: Expressions,
    scalars: StepScalars,
    options: z.output<z.ZodObject<Options>>,
  ) => (inputs: UpdateInputs<State>) => Updated<State>
}

/** The registry's view of an optimizer, whatever its state and options. */
export interface AnyOptimizer {
  readonly id: string
  readonly state: readonly string[]
  begin(ops: Expressions, scalars: StepScalars, options: never): (inputs: UpdateInputs) => Updated
}

/** Adds the schema of what a recipe says of it; returns the optimizer frozen. */
export const defineOptimizer = <const Id extends string, const State extends string, Options extends Shape>(
  optimizer: Optimizer<Id, State, Options>,
) => Object.freeze({ ...optimizer, schema: kindOption(optimizer) })
