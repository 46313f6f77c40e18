import { defineChannelRule } from '../rule.ts'
import { convolutionCut, convolutionFlow } from './convolution.ts'

/** W:[O, C/group, *k] */
export const Conv = defineChannelRule({
  op: 'Conv',
  flow: (inputs, { group }, flow) => ({
    Y: convolutionFlow(inputs, group, { makes: 0, reads: 1 }, flow),
  }),
  cut: (inputs, { group }, context) => convolutionCut(inputs, group, context),
})
