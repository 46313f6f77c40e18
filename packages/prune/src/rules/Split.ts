import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** Parts along the axis, whose sizes shrink as their channels are cut. */
export const Split = defineChannelRule({
  op: 'Split',
  flow: ({ input, split }, { axis, num_outputs: parts }, flow) => {
    const along = fromFront(axis, input.shape.length)
    const whole = input.shape[along]
    const count = flow.node.outputs.length
    const part = typeof whole === 'number' ? Math.ceil(whole / (parts ?? count)) : undefined
    const sizes = split ? split.numbers : part && flow.node.outputs.map(() => part)
    let start = 0
    return {
      outputs: flow.node.outputs.map((_, index) => {
        const first = start
        const size = sizes ? Math.min(sizes[index] ?? 0, Number(whole) - first) : 0
        start += size
        return input.shape.map((_, other) => {
          if (other !== along) return input.axis(other)
          return sizes ? flow.spread(input.axis(along), size, place => first + place) : undefined
        })
      }),
    }
  },
  cut: ({ input }, { axis }, { outputs }) => {
    const along = fromFront(axis, input.shape.length)
    if (outputs.every(({ before, after }) => before[along] === after[along])) return {}
    return {
      attributes: { num_outputs: undefined },
      inputs: { split: outputs.map(({ after }) => Number(after[along])) },
    }
  },
})
