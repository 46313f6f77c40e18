import { defineChannelRule } from '../rule.ts'

/** Y = scale·(X − mean)/√(var + ε) + B, each channel by itself; X:[N, C, *s] */
export const BatchNormalization = defineChannelRule({
  op: 'BatchNormalization',
  flow: ({ X, scale, B, input_mean: mean, input_var: variance }, _, flow) => {
    const channels = flow.join(...[scale, B, mean, variance].map(vector => vector.axis(0)), X.axis(1))
    return { Y: [undefined, channels], running_mean: [channels], running_var: [channels] }
  },
})
