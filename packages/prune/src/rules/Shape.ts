import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** The sizes of the axes from `start` to `end`; those that are not read may change. */
export const Shape = defineChannelRule({
  op: 'Shape',
  flow: ({ data }, { start, end }, flow) => {
    const rank = data.shape.length
    const [first, last] = [fromFront(start, rank), fromFront(end ?? rank, rank)]
    const places = [...data.shape.keys()].slice(first, last)
    const read = flow.placesRead(places.length)
    for (const [index, axis] of places.entries())
      if (read.has(index)) flow.pin(data.axis(axis), `${flow.node.name} (Shape) reads how many there are`)
      else data.axis(axis)
    for (const axis of data.shape.keys()) if (!places.includes(axis)) data.axis(axis)
    return {}
  },
})
