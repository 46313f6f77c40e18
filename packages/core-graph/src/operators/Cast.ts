import { dataTypeName } from '../data-type.ts'
import { attribute, defineOperator } from '../operator.ts'

/** The elements in another type, by its number in TensorProto.DataType (ONNX Cast) */
export const Cast = defineOperator({
  op: 'Cast',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { to: attribute.required.int(), saturate: attribute.int(1) },
  infer: ({ input: { shape, elements } }, { to }) => ({
    output: { dataType: dataTypeName(to) ?? 'undefined', shape, ...(elements ? { elements } : {}) },
  }),
})
