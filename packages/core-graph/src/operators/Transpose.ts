import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError } from './axis.ts'

/** The axes in another order, reversed by default (ONNX Transpose) */
export const Transpose = defineOperator({
  op: 'Transpose',
  inputs: ['data'],
  outputs: ['transposed'],
  attributes: { perm: attribute.optional.ints() },
  infer: ({ data: { shape, dataType } }, { perm }, { node }) => {
    if (!perm || !shape) return { transposed: typed(dataType, shape?.toReversed()) }
    if (perm.toSorted((a, b) => a - b).some((axis, index) => axis !== index) || perm.length !== shape.length)
      throw shapeError(node, `puts the axes of [${shape}] in the order [${perm}]`)
    return {
      transposed: typed(
        dataType,
        perm.map(axis => shape[axis] ?? null),
      ),
    }
  },
})
