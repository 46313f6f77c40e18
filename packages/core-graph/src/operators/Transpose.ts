import { attribute, defineOperator, typed } from '../operator.ts'

/** The axes in another order, reversed by default (ONNX Transpose) */
export const Transpose = defineOperator({
  op: 'Transpose',
  inputs: ['data'],
  outputs: ['transposed'],
  attributes: { perm: attribute.optional.ints() },
  infer: ({ data: { shape, dataType } }, { perm }) => ({
    transposed: typed(dataType, perm ? shape && perm.map(axis => shape[axis] ?? null) : shape?.toReversed()),
  }),
})
