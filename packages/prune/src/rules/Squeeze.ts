import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** Without the axes, which must be named: otherwise an axis that is cut down to one place would go too. */
export const Squeeze = defineChannelRule({
  op: 'Squeeze',
  flow: ({ data, axes }) => {
    const dropped = axes?.numbers?.map(axis => fromFront(axis, data.shape.length))
    if (!dropped) return {}
    return { squeezed: data.shape.flatMap((_, axis) => (dropped.includes(axis) ? [] : [data.axis(axis)])) }
  },
})
