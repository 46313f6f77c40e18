import type { AttributeInput, DataType } from '@pare/core-graph'
import type { Arbitrary } from 'fast-check'
import type { Nd } from './nd.ts'

/** An input of a case: the shape of a random float tensor, or a constant. */
export type Operand =
  | readonly number[]
  | { readonly ints: readonly number[] }
  | { readonly scalar: number }
  | { readonly dataType: DataType; readonly dims: readonly number[]; readonly values: readonly number[] }

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
  /** The outputs that the loss is made of. Default: the first. */
  readonly lossOf?: readonly number[]
}

/** A definition of an operator in float64. Inputs have the names of the case; constants are tensors too. */
export type Forward = (inputs: Readonly<Record<string, Nd>>, attributes: Attributes) => Nd | readonly Nd[]

/** The plain definition of an operator in float64, by which its gradient rule is judged, and what it is judged on. */
export interface Reference {
  readonly op: string
  readonly cases: readonly ReferenceCase[]
  /** Cases of any shape and attributes. */
  readonly arbitrary?: Arbitrary<Omit<ReferenceCase, 'name'>>
  /** Its outputs, or the first of them. */
  readonly forward: Forward
  /** What the gradient rule differentiates in its place, where it is an estimator. */
  readonly differentiated?: Forward
}

/** Attributes with their ONNX defaults. */
export interface Attributes {
  number(name: string, fallback: number): number
  list(name: string): readonly number[] | undefined
  text(name: string): string | undefined
  has(name: string): boolean
}

export const attributesOf = (given: Readonly<Record<string, AttributeInput>> = {}): Attributes => ({
  number: (name, fallback) => Number(given[name] ?? fallback),
  list: name => given[name] as readonly number[] | undefined,
  text: name => given[name] as string | undefined,
  has: name => given[name] !== undefined,
})

export const defineReference = (reference: Reference): Reference => Object.freeze(reference)

/** All outputs of a definition. */
export const outputsOf = (made: Nd | readonly Nd[]): readonly Nd[] => ('data' in made ? [made] : made)

/** The input of a case by its name. */
export function input(inputs: Readonly<Record<string, Nd>>, name: string): Nd {
  const found = inputs[name]
  if (found) return found
  throw new Error(`The case has no input ${name}.`)
}
