import { attribute, defineOperator, typed } from '../operator.ts'

/** output[…i…] = data[…indices[…i…]…] along the axis; of the shape of indices (ONNX GatherElements) */
export const GatherElements = defineOperator({
  op: 'GatherElements',
  inputs: ['data', 'indices'],
  outputs: ['output'],
  attributes: { axis: attribute.int(0) },
  infer: ({ data, indices }) => ({ output: typed(data.dataType, indices.shape) }),
})
