import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

export const Unsqueeze = defineChannelRule({
  op: 'Unsqueeze',
  flow: ({ data, axes }) => {
    const rank = data.shape.length + (axes.numbers?.length ?? 0)
    const places = new Set(axes.numbers?.map(axis => fromFront(axis, rank)))
    if (!axes.numbers) return {}
    let next = 0
    return { expanded: Array.from({ length: rank }, (_, axis) => (places.has(axis) ? undefined : data.axis(next++))) }
  },
})
