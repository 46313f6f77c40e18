import type { Shape } from '@pare/core-graph'

/** The atoms that lie along an axis, one a place. */
export interface Labels {
  readonly atoms: Int32Array
  /** The axis of the initializer that they were first seen on, for constants on their way to the node that computes with them. */
  readonly origin?: Origin
}

export interface Origin {
  readonly tensor: string
  readonly axis: number
  /** Whether a zero in the initializer is a zero here. */
  readonly keepsZero: boolean
}

/** The labels of a value's axes. An axis without any holds nothing that can be cut: samples, rows, columns. */
export type AxisLabels = readonly (Labels | undefined)[]

/** A value as a rule sees it. */
export interface FlowValue {
  readonly name: string
  /** Empty where the rank is not known. */
  readonly shape: Shape
  /** Whether it is made of initializers alone. */
  readonly constant: boolean
  /** The numbers of a small constant, such as axes or a shape; undefined where they are computed. */
  readonly numbers: readonly number[] | undefined
  /** The labels of an axis; negative axes count from the back. Whoever asks answers for them: labels that a rule never asked for are pinned. */
  axis(axis: number): Labels | undefined
}
