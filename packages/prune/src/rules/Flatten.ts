import { reshapeFlow } from '../channels/reshape-flow.ts'
import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** [*a, *b] → [Πa, Πb]: both halves by themselves, since the sizes of one may not be known. */
export const Flatten = defineChannelRule({
  op: 'Flatten',
  flow: ({ input }, { axis }, flow) => {
    const cut = axis === input.shape.length ? axis : fromFront(axis, input.shape.length)
    const [rows = null, columns = null] = flow.outputShapes[0] ?? []
    const half = { ...input, shape: input.shape.slice(cut), axis: (place: number) => input.axis(cut + place) }
    return {
      output: [
        ...reshapeFlow({ ...input, shape: input.shape.slice(0, cut) }, [rows], flow),
        ...reshapeFlow(half, [columns], flow),
      ],
    }
  },
})
