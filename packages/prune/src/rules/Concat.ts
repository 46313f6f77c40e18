import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** One after the other along the axis; along the others, what stands side by side goes together. */
export const Concat = defineChannelRule({
  op: 'Concat',
  flow: ({ inputs }, { axis }, flow) => {
    const shape = inputs[0]?.shape ?? []
    const along = fromFront(axis, shape.length)
    const sizes = inputs.map(input => input.shape[along])
    return {
      concat_result: shape.map((size, other) => {
        if (other !== along) return size === 1 ? undefined : flow.join(...inputs.map(input => input.axis(other)))
        if (!sizes.every(known => typeof known === 'number')) return undefined
        return flow.concat(inputs.map((input, index) => ({ labels: input.axis(along), size: sizes[index] ?? 0 })))
      }),
    }
  },
})
