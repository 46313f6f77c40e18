import { defineOperator, sameAs } from '../operator.ts'

/** Y = ⌊X⌋ (ONNX Floor) */
export const Floor = defineOperator({
  op: 'Floor',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
