import { defineChannelRule } from '../rule.ts'

/** [N, C, b·H, b·W] → [N, b²·C, H, W]: each channel b² times, C apart. */
export const SpaceToDepth = defineChannelRule({
  op: 'SpaceToDepth',
  flow: ({ input }, { blocksize }, flow) => {
    const size = Number(input.shape[1])
    return { output: [input.axis(0), flow.spread(input.axis(1), size * blocksize ** 2, place => place % size)] }
  },
})
