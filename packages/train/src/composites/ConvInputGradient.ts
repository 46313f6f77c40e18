import { convolutionAttributes } from '../convolution/convolution.ts'
import { inputGradient } from '../convolution/input-gradient.ts'
import { defineComposite } from './composite.ts'

/** dX of Y = Conv(X, W); W:[O,C/group,*k], dY:[N,O,*s′] → dX:[N,C,*s] */
export const ConvInputGradient = defineComposite({
  op: 'ConvInputGradient',
  inputs: ['W', 'dY'],
  outputs: ['dX'],
  attributes: convolutionAttributes,
  types: ({ dY }, { batch, channels, image }) => ({
    dX: { dataType: dY.dataType, shape: [batch, channels, ...image] },
  }),
  expand: (b, { W, dY }, conv) => ({ dX: () => inputGradient(b, W, dY, conv) }),
})
