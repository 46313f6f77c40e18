import { convolutionAttributes } from '../convolution/convolution.ts'
import { weightGradient } from '../convolution/weight-gradient.ts'
import { defineComposite } from './composite.ts'

/** dW of Y = Conv(X, W); X:[N,C,*s], dY:[N,O,*s′] → dW:[O,C/group,*k] */
export const ConvWeightGradient = defineComposite({
  op: 'ConvWeightGradient',
  inputs: ['X', 'dY'],
  outputs: ['dW'],
  attributes: convolutionAttributes,
  types: ({ dY }, { outputs, channels, group, kernel }) => ({
    dW: { dataType: dY.dataType, shape: [outputs, channels / group, ...kernel] },
  }),
  expand: (b, { X, dY }, conv) => ({ dW: () => weightGradient(b, X, dY, conv) }),
})
