import { attribute, defineOperator, sameAs } from '../operator.ts'

/** Y = eˣ / Σ eˣ along the axis (ONNX Softmax) */
export const Softmax = defineOperator({
  op: 'Softmax',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: attribute.int(-1) },
  infer: ({ input }) => ({ output: sameAs(input) }),
})
