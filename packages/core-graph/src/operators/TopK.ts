import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

/** The K greatest, or smallest, elements along the axis, and their indices (ONNX TopK) */
export const TopK = defineOperator({
  op: 'TopK',
  inputs: ['X', 'K'],
  outputs: ['Values', 'Indices'],
  attributes: { axis: attribute.int(-1), largest: attribute.int(1), sorted: attribute.int(1) },
  infer: ({ X, K }, { axis }, { node }) => {
    const along = X.shape && axisOf(axis, X.shape.length, node)
    const shape = X.shape?.map((size, position) => (position === along ? (K.elements?.[0] ?? null) : size))
    return { Values: typed(X.dataType, shape), Indices: typed('int64', shape) }
  },
})
