import { defineOperator } from '../operator.ts'
import { recurrentAttributes, recurrentMacs, recurrentOutputs } from './recurrent.ts'

/** X:[T,N,I], W:[D,H,I], R:[D,H,H] → Y:[T,D,N,H], Y_h:[D,N,H] (ONNX RNN) */
export const RNN = defineOperator({
  op: 'RNN',
  inputs: ['X', 'W', 'R', 'B?', 'sequence_lens?', 'initial_h?'],
  outputs: ['Y?', 'Y_h?'],
  attributes: recurrentAttributes,
  infer: ({ X, R }, attributes, { node }) => {
    const { all, last } = recurrentOutputs(X, R, attributes, node)
    return { Y: all, Y_h: last }
  },
  macs: recurrentMacs,
})
