import { defineChannelRule } from '../rule.ts'

export const Transpose = defineChannelRule({
  op: 'Transpose',
  flow: ({ data }, { perm }) => {
    const order = perm ?? [...data.shape.keys()].toReversed()
    return { transposed: order.map(axis => data.axis(axis)) }
  },
})
