import type { AttributeInput } from '@pare/core-graph'
import type { Nd } from './nd.ts'

/** An input of a case: the shape of a random float tensor, or a constant. */
export type Operand = readonly number[] | { readonly ints: readonly number[] } | { readonly scalar: number }

export interface ReferenceCase {
  readonly name: string
  /** In the order of the operator's inputs. */
  readonly inputs: Readonly<Record<string, Operand>>
  readonly attributes?: Readonly<Record<string, AttributeInput>>
  /** Inputs that must be greater than 0. */
  readonly positive?: readonly string[]
  /** Inputs whose gradient is compared. Default: all random ones. */
  readonly differentiate?: readonly string[]
  /** Default 1. */
  readonly outputCount?: number
}

/** The plain definition of an operator in float64, by which its gradient rule is judged, and what it is judged on. */
export interface Reference {
  readonly op: string
  readonly cases: readonly ReferenceCase[]
  /** The first output. Inputs have the names of the case; constants are tensors too. */
  readonly forward: (inputs: Readonly<Record<string, Nd>>, attributes: Attributes) => Nd
}

/** Attributes with their ONNX defaults. */
export interface Attributes {
  number(name: string, fallback: number): number
  list(name: string): readonly number[] | undefined
  has(name: string): boolean
}

export const attributesOf = (given: Readonly<Record<string, AttributeInput>> = {}): Attributes => ({
  number: (name, fallback) => Number(given[name] ?? fallback),
  list: name => given[name] as readonly number[] | undefined,
  has: name => given[name] !== undefined,
})

export const defineReference = (reference: Reference): Reference => Object.freeze(reference)

/** The input of a case by its name. */
export function input(inputs: Readonly<Record<string, Nd>>, name: string): Nd {
  const found = inputs[name]
  if (found) return found
  throw new Error(`The case has no input ${name}.`)
}
