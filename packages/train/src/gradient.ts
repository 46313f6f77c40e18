import type { AttributeValues, GraphBuilder, InputValues, operators, Value } from '@pare/core-graph'

type Operators = typeof operators
export type OperatorName = keyof Operators

type Bare<Name extends string> = Name extends `${infer Base}?` ? Base : Name extends `${infer Base}...` ? Base : Name
type InputsOf<Op extends OperatorName> = Operators[Op]['inputs']
type OutputsOf<Op extends OperatorName> = Operators[Op]['outputs']

/**
 * The node's inputs and outputs by their ONNX names, and the gradient of its first output: `{ X, W, B, Y, dY }`.
 * A list of outputs (`outputs...`) has a list of gradients, undefined where the loss does not depend on one.
 */
export type GradientValues<Op extends OperatorName> = InputValues<InputsOf<Op>, Value> &
  InputValues<OutputsOf<Op>, Value> & {
    readonly [Name in `d${Bare<OutputsOf<Op>[0]>}`]: OutputsOf<Op>[0] extends `${string}...`
      ? readonly (Value | undefined)[]
      : Value
  }

/** One function for each input that has a gradient; for a list of inputs (`inputs...`) it is given the place. */
export type InputGradients<Op extends OperatorName> = {
  readonly [Name in InputsOf<Op>[number] as Bare<Name>]?: Name extends `${string}...`
    ? (index: number) => Value
    : () => Value
}

/** What the one who differentiates chooses. */
export interface GradientOptions {
  /**
   * Whether a number beyond the range of the type that it is quantized to has no gradient, as the derivative of
   * clipping says. Default true; without it rounding and clipping are both taken for the identity.
   */
  readonly rangeMask: boolean
}

/**
 * How one operator passes gradients back, in standard ONNX operators. An input without an entry has no gradient.
 * A result may still have the shape that the input was broadcast to: the engine sums it to the input's.
 */
export interface Gradient<Op extends OperatorName = OperatorName> {
  readonly op: Op
  /** The inputs that hold weights, if they are constants of the model: what training changes. Default: none. */
  readonly trainable?: readonly Bare<InputsOf<Op>[number]>[]
  /** Whether a weight of one element is one too, and not a constant of the model's formulas. Default true. */
  readonly trainsSingles?: boolean
  /** Whether the integers that it makes carry a gradient, a float: levels of a number. Default false. */
  readonly differentiableIntegers?: boolean
  readonly backward: (
    b: GraphBuilder,
    values: GradientValues<Op>,
    attributes: AttributeValues<Operators[Op]['attributes']>,
    options: GradientOptions,
  ) => InputGradients<Op>
}

/** The registry's view of a gradient, whichever it is. */
export interface AnyGradient {
  readonly op: string
  readonly trainable?: readonly string[]
  readonly trainsSingles?: boolean
  readonly differentiableIntegers?: boolean
  backward(
    b: GraphBuilder,
    values: never,
    attributes: never,
    options: GradientOptions,
  ): Readonly<Record<string, ((index: number) => Value) | undefined>>
}

export const defineGradient = <const Op extends OperatorName>(gradient: Gradient<Op>): Gradient<Op> =>
  Object.freeze(gradient)
