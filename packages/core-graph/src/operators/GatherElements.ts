import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf, shapeError, shapeText } from './axis.ts'

/** output[…i…] = data[…indices[…i…]…] along the axis; of the shape of indices (ONNX GatherElements) */
export const GatherElements = defineOperator({
  op: 'GatherElements',
  inputs: ['data', 'indices'],
  outputs: ['output'],
  attributes: { axis: attribute.int(0) },
  infer: ({ data, indices }, { axis }, { node }) => {
    if (data.shape) axisOf(axis, data.shape.length, node)
    if (data.shape && indices.shape && data.shape.length !== indices.shape.length)
      throw shapeError(
        node,
        `takes from ${shapeText(data.shape)} by indices ${shapeText(indices.shape)} of another rank`,
      )
    return { output: typed(data.dataType, indices.shape) }
  },
})
