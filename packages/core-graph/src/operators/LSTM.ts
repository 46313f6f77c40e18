import { attribute, defineOperator } from '../operator.ts'
import { recurrentAttributes, recurrentMacs, recurrentOutputs } from './recurrent.ts'

/** X:[T,N,I], W:[D,4·H,I], R:[D,4·H,H] → Y:[T,D,N,H], Y_h:[D,N,H] (ONNX LSTM) */
export const LSTM = defineOperator({
  op: 'LSTM',
  inputs: ['X', 'W', 'R', 'B?', 'sequence_lens?', 'initial_h?', 'initial_c?', 'P?'],
  outputs: ['Y?', 'Y_h?', 'Y_c?'],
  attributes: { ...recurrentAttributes, input_forget: attribute.int(0) },
  infer: ({ X, R }, attributes, { node }) => {
    const { all, last } = recurrentOutputs(X, R, attributes, node)
    return { Y: all, Y_h: last, Y_c: last }
  },
  macs: recurrentMacs,
})
