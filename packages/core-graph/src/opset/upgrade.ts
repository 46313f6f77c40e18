import type { DataType } from '../data-type.ts'
import type { Attribute, Node } from '../graph.ts'
import type { Inferred } from '../operator.ts'
import type { TypedArray } from '../tensor.ts'

/** How one operator's nodes are rewritten where a version of the operator set changed what they mean. */
export interface Upgrade {
  /** `operator-version` in kebab-case, such as `squeeze-13`. */
  readonly id: string
  readonly ops: readonly string[]
  /** The operator set that brought the new form. */
  readonly version: number
  /** Nodes of that version that do what the old node did, under the names of its outputs; or why it cannot be said. */
  readonly rewrite: (node: Node, context: UpgradeContext) => readonly Node[] | Refusal
}

/** Why a node cannot be upgraded. */
export interface Refusal {
  readonly refused: string
}

export interface UpgradeContext {
  /** What is known of a value that the node reads. */
  readonly typeOf: (name: string) => Inferred | undefined
  /** Adds an initializer; returns its name: the wished one, made unique. */
  readonly constant: (
    name: string,
    dataType: DataType,
    dims: readonly number[],
    data: TypedArray | readonly number[],
  ) => string
  /** A name for a value or node that nothing has yet. */
  readonly fresh: (name: string) => string
  /** Whether anything reads a value. */
  readonly isRead: (name: string) => boolean
}

export const defineUpgrade = (upgrade: Upgrade): Upgrade => Object.freeze(upgrade)

export const refuse = (refused: string): Refusal => ({ refused })

/** A node of ONNX's own operators that helps another one. */
export const helperNode = (
  op: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Node => ({ name, op, domain: '', inputs, outputs, attributes })

/** A node's attributes without some of them. */
export const without = ({ attributes }: Node, ...names: readonly string[]): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))
