import type { GraphBuilder, Value } from '@pare/core-graph'
import type { AnyLoss } from '@pare/train'
import type { Layout } from './align.ts'

/** What makes the tensors of a pair alike. */
export interface Aligner {
  readonly builder: GraphBuilder
  sameSize(student: Value, teacher: Value): readonly [student: Value, teacher: Value]
  /** The student's tensor, through an adapter where there is to be one. @param place which of the pair's student tensors it is */
  sameChannels(student: Value, teacher: Value, place?: number): Value
}

/** A way to compare tensors of the student with tensors of the teacher: what a strategy of this package is made of. */
export interface Comparison {
  /** Names its tensors and terms. */
  readonly id: string
  readonly loss: AnyLoss
  /** The loss that takes `active` too. */
  readonly gated: AnyLoss
  /** Names of the loss's tensors, in the order of a pair's. */
  readonly inputs: { readonly student: readonly string[]; readonly teacher: readonly string[] }
  /** What it can be made of. */
  readonly kinds: readonly Layout['kind'][]
  /** Makes the tensors of a pair alike, as far as the loss needs it. */
  readonly align: (
    aligner: Aligner,
    student: readonly Value[],
    teacher: readonly Value[],
  ) => { readonly student: readonly Value[]; readonly teacher: readonly Value[] }
}

/** Of one tensor with one: of equal sizes, and, unless their channels do not count, of equal channels. */
export const alignPair =
  ({ channels }: { readonly channels: boolean }): Comparison['align'] =>
  (aligner, [student], [teacher]) => {
    if (!student || !teacher) throw new Error('A pair has a tensor of each.')
    const [own, other] = aligner.sameSize(student, teacher)
    return { student: [channels ? aligner.sameChannels(own, other) : own], teacher: [other] }
  }
