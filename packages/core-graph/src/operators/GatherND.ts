import { attribute, defineOperator, typed } from '../operator.ts'

/** Slices of data, each by an index vector, the last axis of indices (ONNX GatherND) */
export const GatherND = defineOperator({
  op: 'GatherND',
  inputs: ['data', 'indices'],
  outputs: ['output'],
  attributes: { batch_dims: attribute.int(0) },
  infer: ({ data, indices }, { batch_dims: batch }) => {
    const depth = indices.shape?.at(-1)
    if (!data.shape || !indices.shape || typeof depth !== 'number') return { output: typed(data.dataType, undefined) }
    return { output: typed(data.dataType, [...indices.shape.slice(0, -1), ...data.shape.slice(batch + depth)]) }
  },
})
