import {
  type AttributeValues,
  type Graph,
  type InputValues,
  type Node,
  operatorOf,
  type operators,
  readAttributes,
  type Tensor,
} from '@pare/core-graph'
import type { Range } from './affine.ts'

type Operators = typeof operators
type InputName<Op extends keyof Operators> = keyof InputValues<Operators[Op]['inputs'], unknown> & string

/** A node as a rule sees it. */
export interface RuleContext<Input extends string = string, Attributes = unknown> {
  readonly node: Node
  readonly attributes: Attributes
  /** The constant that an input reads; undefined where it is computed or absent. */
  readonly constant: (input: Input) => Tensor | undefined
}

/**
 * How one operator is quantized. Inputs go by their ONNX names.
 */
export interface QuantizationRule<Input extends string = string, Attributes = unknown> {
  readonly op: string
  /**
   * `computes`: multiplies and adds, so int8 gains by itself.
   * `follows`: quantized only between quantized nodes, where it saves the way out of int8 and back.
   */
  readonly role: 'computes' | 'follows'
  /** Inputs with a scale of their own; a constant there is quantized like an activation. */
  readonly data: readonly Input[]
  /** The input that holds constant weights. */
  readonly weight?: {
    readonly input: Input
    /** The axis of the output channels; undefined where one scale must do for the whole tensor. */
    readonly axis: (context: RuleContext<Input, Attributes>) => number | undefined
    /** Whether weights that are computed at run time count as data; otherwise the node stays float. */
    readonly dynamic: boolean
    /** Whether the zero point of the weights is written although it is 0, as ONNX does not ask: for a runtime that does. */
    readonly zeroPoint?: boolean
  }
  /** The input that is added to the sums, one number an output channel, constant: it becomes int32. */
  readonly bias?: Input
  /**
   * `own`: a scale of its own. `shared`: that of all data inputs, for operators that only move or pick values.
   * A range: known beforehand.
   */
  readonly output: 'own' | 'shared' | Range
  /** Whether int8 kernels can return float32: then an output that no quantized node reads stays float. */
  readonly floatOutput?: boolean
  /** Whether it only cuts off values below zero, and above a bound, so that the pair after it does its work, and none stands between it and what it follows. */
  readonly absorbed?: (context: RuleContext<Input, Attributes>) => boolean
  /** Why this node cannot be quantized; undefined when it can. */
  readonly refuse?: (context: RuleContext<Input, Attributes>) => string | undefined
}

/** The registry's view of a rule, whichever operator it is for. */
export interface AnyRule extends Omit<QuantizationRule, 'weight' | 'absorbed' | 'refuse'> {
  readonly weight?: {
    readonly input: string
    readonly dynamic: boolean
    readonly zeroPoint?: boolean
    axis(context: RuleContext): number | undefined
  }
  absorbed?(context: RuleContext): boolean
  refuse?(context: RuleContext): string | undefined
}

/** Checks inputs and attributes against the operator's own record; returns the rule frozen. */
export const defineQuantizationRule = <const Op extends keyof Operators>(
  rule: { readonly op: Op } & QuantizationRule<InputName<Op>, AttributeValues<Operators[Op]['attributes']>>,
): AnyRule => Object.freeze(rule) as unknown as AnyRule

/** What a node reads as an input by its ONNX name: one name, several where the operator takes a list, none where it is left out. */
export function inputNames(node: Node, input: string): readonly string[] {
  const specs = operatorOf(node)?.inputs ?? []
  const index = specs.findIndex(spec => spec.replace(/\?$|\.\.\.$/, '') === input)
  if (index < 0) return []
  const names = specs[index]?.endsWith('...') ? node.inputs.slice(index) : node.inputs.slice(index, index + 1)
  return names.filter(name => name !== '')
}

export function ruleContext(graph: Graph, node: Node): RuleContext {
  const nameOf = (input: string) => inputNames(node, input)[0] ?? ''
  return {
    node,
    attributes: readAttributes(node, operatorOf(node)?.attributes ?? {}),
    constant: input => graph.initializers.get(nameOf(input)),
  }
}
