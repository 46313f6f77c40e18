import { attribute, defineOperator, sameAs } from '../operator.ts'

/** Y = X − ln Σ eˣ along the axis (ONNX LogSoftmax) */
export const LogSoftmax = defineOperator({
  op: 'LogSoftmax',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: attribute.int(-1) },
  infer: ({ input }) => ({ output: sameAs(input) }),
})
