import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'

/** Slices of data, each by an index vector, the last axis of indices (ONNX GatherND) */
export const GatherND = defineOperator({
  op: 'GatherND',
  inputs: ['data', 'indices'],
  outputs: ['output'],
  attributes: { batch_dims: attribute.int(0) },
  infer: ({ data, indices }, { batch_dims: batch }, { node }) => {
    const depth = indices.shape?.at(-1)
    if (!data.shape || !indices.shape || typeof depth !== 'number') return { output: typed(data.dataType, undefined) }
    if (batch < 0 || depth < 1 || batch >= indices.shape.length || batch + depth > data.shape.length)
      throw shapeError(
        node,
        `takes from ${shapeText(data.shape)} by indices ${shapeText(indices.shape)}, ${batch} batch axes`,
      )
    return { output: typed(data.dataType, [...indices.shape.slice(0, -1), ...data.shape.slice(batch + depth)]) }
  },
})
