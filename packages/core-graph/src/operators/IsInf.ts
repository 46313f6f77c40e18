import { attribute, defineOperator, typed } from '../operator.ts'

/** Y = X is infinite: [*s] → bool [*s] (ONNX IsInf) */
export const IsInf = defineOperator({
  op: 'IsInf',
  inputs: ['X'],
  outputs: ['Y'],
  attributes: { detect_negative: attribute.int(1), detect_positive: attribute.int(1) },
  infer: ({ X }) => ({ Y: typed('bool', X.shape) }),
})
