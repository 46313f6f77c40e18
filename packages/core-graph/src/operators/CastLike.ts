import { attribute, defineOperator } from '../operator.ts'

/** The elements in the type of another tensor (ONNX CastLike) */
export const CastLike = defineOperator({
  op: 'CastLike',
  inputs: ['input', 'target_type'],
  outputs: ['output'],
  attributes: { saturate: attribute.int(1) },
  infer: ({ input: { shape, elements }, target_type: { dataType } }) => ({
    output: { dataType, shape, ...(elements ? { elements } : {}) },
  }),
})
