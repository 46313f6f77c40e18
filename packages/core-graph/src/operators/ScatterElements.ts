import { attribute, defineOperator, sameAs } from '../operator.ts'

/** data with updates written, or added, at indices along the axis; all but the axis by their own place (ONNX ScatterElements) */
export const ScatterElements = defineOperator({
  op: 'ScatterElements',
  inputs: ['data', 'indices', 'updates'],
  outputs: ['output'],
  attributes: { axis: attribute.int(0), reduction: attribute.string('none') },
  infer: ({ data }) => ({ output: sameAs(data) }),
})
