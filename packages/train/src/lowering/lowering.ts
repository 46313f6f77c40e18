import type { AttributeValues, DataType, InputValues, Node, operators, Value } from '@pare/core-graph'
import type { composites } from '../composites/registry.ts'
import type { Lowerer } from './lowerer.ts'

type Known = typeof operators & typeof composites
type Bare<Name extends string> = Name extends `${infer Base}?` ? Base : Name extends `${infer Base}...` ? Base : Name
export type LoweredOperator = keyof Known

/**
 * A value of the graph that is lowered. For images `[N, C, H, W]` there are two layouts: the plain one, and *rows*
 * `[C, N/b · H · W · b]`, a row of numbers for each channel, in which b images lie side by side, pixel by pixel.
 */
export interface Operand {
  readonly name: string
  readonly dataType: DataType | undefined
  /** The plain shape, where it is known. */
  readonly sizes: readonly number[] | undefined
  /** The sizes of images that can be had in rows: the batch is a multiple of b. */
  readonly image: Image | undefined
  /** Whether it is there in rows, or one number for each image and channel, already. */
  readonly isBlocked: boolean
  plain(): Value
  /** `[C, M]`. */
  rows(): Value
  /** `[C, M]` and, if they are still to be multiplied by it, a factor for each channel `[C]`. */
  scaledRows(): Rows
  /** `[C, N]` of a value that is the same for all pixels of an image. */
  repeated(): Value | undefined
}

/** Sizes of a value in rows. */
export interface Image {
  readonly batch: number
  readonly channels: number
  /** Sizes of the spatial axes. */
  readonly spatial: readonly number[]
  /** Pixels of an image. */
  readonly area: number
  /** Elements of a channel: batch · area. */
  readonly elements: number
}

export interface Rows {
  readonly rows: Value
  readonly scale?: Value | undefined
}

/** What a rule makes: a value in plain layout, in rows, or one number `[C, N]` for all pixels of an image. */
export type Form = Rows | { readonly plain: Value } | { readonly repeated: Value }

/**
 * How one operator, or composite, is computed where its images lie in rows. A rule that gives nothing leaves the node as
 * it is, its inputs in plain layout.
 */
export interface Lowering<Op extends LoweredOperator = LoweredOperator> {
  readonly op: Op
  readonly lower: (
    lowerer: Lowerer,
    operands: InputValues<Known[Op]['inputs'], Operand>,
    attributes: AttributeValues<Known[Op]['attributes']>,
    node: Node,
  ) => { readonly [Name in Known[Op]['outputs'][number] as Bare<Name>]?: Form } | undefined
}

/** The registry's view of a rule, whichever it is. */
export interface AnyLowering {
  readonly op: string
  lower(
    lowerer: Lowerer,
    operands: never,
    attributes: never,
    node: Node,
  ): Readonly<Record<string, Form | undefined>> | undefined
}

export const defineLowering = <const Op extends LoweredOperator>(lowering: Lowering<Op>): Lowering<Op> =>
  Object.freeze(lowering)
