import { attribute, defineOperator, sameAs } from '../operator.ts'

/** Y = X where X ≥ 0, else alpha·X (ONNX LeakyRelu) */
export const LeakyRelu = defineOperator({
  op: 'LeakyRelu',
  inputs: ['X'],
  outputs: ['Y'],
  attributes: { alpha: attribute.float(0.01) },
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
