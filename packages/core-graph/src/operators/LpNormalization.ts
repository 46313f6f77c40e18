import { attribute, defineOperator, sameAs } from '../operator.ts'
import { axisOf } from './axis.ts'

/** output = x / ‖x‖ₚ along the axis: [*s] → [*s] (ONNX LpNormalization) */
export const LpNormalization = defineOperator({
  op: 'LpNormalization',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: attribute.int(-1), p: attribute.int(2) },
  infer: ({ input }, { axis }, { node }) => {
    if (input.shape) axisOf(axis, input.shape.length, node)
    return { output: sameAs(input) }
  },
})
