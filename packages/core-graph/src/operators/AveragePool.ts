import { attribute, defineOperator } from '../operator.ts'
import { poolAttributes, pooled } from './pool.ts'

/** Y = the mean of each window; X:[N,C,*s] → [N,C,*s′] (ONNX AveragePool) */
export const AveragePool = defineOperator({
  op: 'AveragePool',
  inputs: ['X'],
  outputs: ['Y'],
  attributes: { ...poolAttributes, count_include_pad: attribute.int(0) },
  infer: ({ X }, attributes, context) => ({ Y: pooled(X, attributes, context) }),
})
