import type { AttributeValues, GraphBuilder, InputValues, operators, Value } from '@pare/core-graph'

type Operators = typeof operators
export type OperatorName = keyof Operators

type Bare<Name extends string> = Name extends `${infer Base}?` ? Base : Name extends `${infer Base}...` ? Base : Name
type InputsOf<Op extends OperatorName> = Operators[Op]['inputs']
type OutputsOf<Op extends OperatorName> = Operators[Op]['outputs']

/** The node's inputs and outputs by their ONNX names, and the gradient of its first output: `{ X, W, B, Y, dY }`. */
export type GradientValues<Op extends OperatorName> = InputValues<InputsOf<Op>, Value> &
  InputValues<OutputsOf<Op>, Value> & { readonly [Name in `d${Bare<OutputsOf<Op>[0]>}`]: Value }

/** One function for each input that has a gradient; for a list of inputs (`inputs...`) it is given the place. */
export type InputGradients<Op extends OperatorName> = {
  readonly [Name in InputsOf<Op>[number] as Bare<Name>]?: Name extends `${string}...`
    ? (index: number) => Value
    : () => Value
}

/**
 * How one operator passes gradients back, in standard ONNX operators. An input without an entry has no gradient.
 * A result may still have the shape that the input was broadcast to: the engine sums it to the input's.
 */
export interface Gradient<Op extends OperatorName = OperatorName> {
  readonly op: Op
  /** The inputs that hold weights, if they are constants of the model: what training changes. Default: none. */
  readonly trainable?: readonly Bare<InputsOf<Op>[number]>[]
  readonly backward: (
    b: GraphBuilder,
    values: GradientValues<Op>,
    attributes: AttributeValues<Operators[Op]['attributes']>,
  ) => InputGradients<Op>
}

/** The registry's view of a gradient, whichever it is. */
export interface AnyGradient {
  readonly op: string
  readonly trainable?: readonly string[]
  backward(
    b: GraphBuilder,
    values: never,
    attributes: never,
  ): Readonly<Record<string, ((index: number) => Value) | undefined>>
}

export const defineGradient = <const Op extends OperatorName>(gradient: Gradient<Op>): Gradient<Op> =>
  Object.freeze(gradient)
