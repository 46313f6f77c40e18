import type { Attribute, AttributeValues, InputValues, OutputValues, operators, Shape } from '@pare/core-graph'
import type { Flow } from './channels/flow.ts'
import type { AxisLabels, FlowValue } from './channels/labels.ts'

type Operators = typeof operators

/** What a rule sees of a node whose channels are cut. */
export interface CutContext {
  /** The shape that a value has once its channels are cut. */
  shapeOf(value: FlowValue): Shape
  /** The shapes of the node's outputs, before and after, in order. */
  readonly outputs: readonly { readonly before: Shape; readonly after: Shape }[]
  /** The places along an axis that stay, ascending. */
  kept(value: FlowValue, axis: number): readonly number[]
}

/** What changes of a node beside the sizes of what it reads. */
export interface NodeCut {
  /** Attributes with their new values; undefined removes one. */
  readonly attributes?: Readonly<Record<string, Attribute | undefined>>
  /** Integer inputs by their ONNX names: shapes, sizes, places. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>
}

/**
 * How channels flow through one operator: which places of its outputs hold those of its inputs, and which must go
 * together. Nodes of operators without a rule keep all channels that they touch, and so do axes that a rule does not ask
 * for. A rule holds if the node, without the places of any set of channels, computes the others as before, zeros
 * standing for channels where it sums over them (`sums`).
 */
export interface ChannelRule<Inputs = never, Attributes = never, Outputs = unknown> {
  readonly op: string
  /** Joins what must go together; gives the labels of the axes of each output, by ONNX's names. */
  readonly flow: (inputs: Inputs, attributes: Attributes, flow: Flow) => Outputs
  /** What must be changed in a node whose channels are cut. Default: nothing. */
  readonly cut?: (inputs: Inputs, attributes: Attributes, context: CutContext) => NodeCut
}

/** The registry's view of a rule, whichever operator it is for. */
export type AnyChannelRule = ChannelRule<
  Readonly<Record<string, FlowValue | readonly FlowValue[] | undefined>>,
  Readonly<Record<string, unknown>>,
  Readonly<Record<string, AxisLabels | readonly (AxisLabels | undefined)[] | undefined>>
>

/** Checks inputs, attributes and outputs against the operator's own record; returns the rule frozen. */
export const defineChannelRule = <const Op extends keyof Operators>(
  rule: { readonly op: Op } & ChannelRule<
    InputValues<Operators[Op]['inputs'], FlowValue>,
    AttributeValues<Operators[Op]['attributes']>,
    OutputValues<Operators[Op]['outputs'], AxisLabels>
  >,
): AnyChannelRule => Object.freeze(rule) as unknown as AnyChannelRule
