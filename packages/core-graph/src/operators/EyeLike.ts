import { dataTypeName } from '../data-type.ts'
import { attribute, defineOperator, typed } from '../operator.ts'

/** Ones on a diagonal, zero elsewhere, of the input's shape (ONNX EyeLike) */
export const EyeLike = defineOperator({
  op: 'EyeLike',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { dtype: attribute.optional.int(), k: attribute.int(0) },
  infer: ({ input }, { dtype }) => ({
    output: typed(dtype === undefined ? input.dataType : (dataTypeName(dtype) ?? 'undefined'), input.shape),
  }),
})
