import { defineChannelRule } from '../rule.ts'

/** Each channel of each sample by its own mean and variance; input:[N, C, *s] */
export const InstanceNormalization = defineChannelRule({
  op: 'InstanceNormalization',
  flow: ({ input, scale, B }, _, flow) => ({
    output: [undefined, flow.join(scale.axis(0), B.axis(0), input.axis(1))],
  }),
})
