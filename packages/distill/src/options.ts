import type { Need } from '@pare/core-graph'
import { z } from 'zod'
import type { Adapter } from './align.ts'
import type { TensorPair } from './tensor-pairs.ts'

/** What every strategy of distillation takes. */
export const commonOptions = {
  weight: z.number().positive().default(1).describe("Factor of the strategy's terms in the sum of the loss"),
  epochs: z
    .strictObject({
      from: z.int().positive().default(1).describe('First epoch, from 1'),
      to: z.int().positive().optional().describe('Last epoch. Default: the last one of the stage'),
    })
    .refine(({ from, to }) => to === undefined || from <= to, { path: ['to'], message: 'it ends before it begins' })
    .optional()
    .describe('Epochs of the stage in which the terms count. Default: all'),
  cache: z
    .boolean()
    .default(false)
    .describe(
      "Compute the teacher's tensors once for all training data, instead of in every step; for data that is not changed at random",
    ),
}

const tensor = (of: string) =>
  z
    .string()
    .min(1)
    .describe(`Tensor of the ${of} by name; * stands for any characters, the same ones in the whole pair`)

const pairWeight = z.number().positive().default(1).describe('Factor of the pair')

/** Pairs of one tensor with one. */
export const pairsOption = z
  .array(z.strictObject({ student: tensor('student'), teacher: tensor('teacher'), weight: pairWeight }))
  .min(1)
  .describe('Tensors that are compared')

/** Pairs of two layers with two. */
export const flowPairsOption = z
  .array(
    z.strictObject({
      student: z
        .tuple([tensor('student'), tensor('student')])
        .describe('Two layers of the student, the earlier one first'),
      teacher: z
        .tuple([tensor('teacher'), tensor('teacher')])
        .describe('Two layers of the teacher, the earlier one first'),
      weight: pairWeight,
    }),
  )
  .min(1)
  .describe('Pairs of layers, between which flows are compared')

export const adapterOption = z
  .union([z.literal('auto'), z.boolean()])
  .default('auto' satisfies Adapter)
  .describe(
    "Learned 1×1 convolution (linear layer, for tokens and vectors) from the student's channels to the teacher's, not part of the result: where they differ (auto), always, never",
  )

/** A pair of one tensor with one, as of a pair of several. */
export const single = ({ student, teacher, weight }: z.output<typeof pairsOption>[number]): TensorPair => ({
  student: [student],
  teacher: [teacher],
  weight,
})

/** What every strategy needs. */
export const teacherNeeds = ({ cache }: { readonly cache: boolean }): readonly Need[] =>
  cache ? ['teacher', 'train'] : ['teacher']

/** The options of every strategy. */
export interface CommonOptions {
  readonly weight: number
  readonly epochs?: z.output<(typeof commonOptions)['epochs']>
  readonly cache: boolean
  readonly adapter?: Adapter
}
