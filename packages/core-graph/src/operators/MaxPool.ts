import { attribute, defineOperator, typed } from '../operator.ts'
import { poolAttributes, pooled } from './pool.ts'

/** Y = the maximum of each window, and where it was; X:[N,C,*s] → [N,C,*s′] (ONNX MaxPool) */
export const MaxPool = defineOperator({
  op: 'MaxPool',
  inputs: ['X'],
  outputs: ['Y', 'Indices?'],
  attributes: { ...poolAttributes, storage_order: attribute.int(0) },
  infer: ({ X }, attributes, context) => {
    const Y = pooled(X, attributes, context)
    return { Y, Indices: typed('int64', Y.shape) }
  },
})
