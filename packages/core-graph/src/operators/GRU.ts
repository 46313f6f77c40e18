import { attribute, defineOperator } from '../operator.ts'
import { recurrentAttributes, recurrentMacs, recurrentOutputs } from './recurrent.ts'

/** X:[T,N,I], W:[D,3·H,I], R:[D,3·H,H] → Y:[T,D,N,H], Y_h:[D,N,H] (ONNX GRU) */
export const GRU = defineOperator({
  op: 'GRU',
  inputs: ['X', 'W', 'R', 'B?', 'sequence_lens?', 'initial_h?'],
  outputs: ['Y?', 'Y_h?'],
  attributes: { ...recurrentAttributes, linear_before_reset: attribute.int(0) },
  infer: ({ X, R }, attributes, { node }) => {
    const { all, last } = recurrentOutputs(X, R, attributes, node)
    return { Y: all, Y_h: last }
  },
  macs: recurrentMacs,
})
