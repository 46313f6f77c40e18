import { attribute, defineOperator, sameAs } from '../operator.ts'
import { axesOf } from './axis.ts'

/** y[i] = Σ x[0…i] along the axis (ONNX CumSum) */
export const CumSum = defineOperator({
  op: 'CumSum',
  inputs: ['x', 'axis'],
  outputs: ['y'],
  attributes: { exclusive: attribute.int(0), reverse: attribute.int(0) },
  infer: ({ x, axis }, _, { node }) => {
    if (x.shape) axesOf(axis.elements, x.shape.length, node)
    return { y: sameAs(x) }
  },
})
