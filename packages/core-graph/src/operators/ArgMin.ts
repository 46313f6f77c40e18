import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'
import { reducedShape } from './reduce.ts'

/** Index of the smallest element along the axis, int64 (ONNX ArgMin) */
export const ArgMin = defineOperator({
  op: 'ArgMin',
  inputs: ['data'],
  outputs: ['reduced'],
  attributes: { axis: attribute.int(0), keepdims: attribute.int(1), select_last_index: attribute.int(0) },
  infer: ({ data }, { axis, keepdims }, { node }) => {
    const axes = data.shape && [axisOf(axis, data.shape.length, node)]
    return { reduced: typed('int64', reducedShape(data, axes, keepdims === 1).shape) }
  },
})
