import { attribute, defineOperator, sameAs } from '../operator.ts'

/** data with slices written, or added, where index vectors say (ONNX ScatterND) */
export const ScatterND = defineOperator({
  op: 'ScatterND',
  inputs: ['data', 'indices', 'updates'],
  outputs: ['output'],
  attributes: { reduction: attribute.string('none') },
  infer: ({ data }) => ({ output: sameAs(data) }),
})
