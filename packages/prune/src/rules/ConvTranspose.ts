import { defineChannelRule } from '../rule.ts'
import { convolutionCut, convolutionFlow } from './convolution.ts'

/** W:[C, O/group, *k] */
export const ConvTranspose = defineChannelRule({
  op: 'ConvTranspose',
  flow: (inputs, { group }, flow) => ({
    Y: convolutionFlow(inputs, group, { makes: 1, reads: 0 }, flow),
  }),
  cut: (inputs, { group }, context) => convolutionCut(inputs, group, context),
})
