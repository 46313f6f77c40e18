import { attribute, defineOperator, sameAs } from '../operator.ts'
import { axisOf } from './axis.ts'

/** data with updates written, or added, at indices along the axis; all but the axis by their own place (ONNX ScatterElements) */
export const ScatterElements = defineOperator({
  op: 'ScatterElements',
  inputs: ['data', 'indices', 'updates'],
  outputs: ['output'],
  attributes: { axis: attribute.int(0), reduction: attribute.string('none') },
  infer: ({ data }, { axis }, { node }) => {
    if (data.shape) axisOf(axis, data.shape.length, node)
    return { output: sameAs(data) }
  },
})
