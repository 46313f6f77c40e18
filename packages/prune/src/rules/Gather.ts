import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** Places of one axis, by indices, which would have to change with it: that axis stays. */
export const Gather = defineChannelRule({
  op: 'Gather',
  flow: ({ data, indices }, { axis }) => {
    const along = fromFront(axis, data.shape.length)
    return {
      output: data.shape.flatMap((_, other) =>
        other === along ? indices.shape.map(() => undefined) : [data.axis(other)],
      ),
    }
  },
})
