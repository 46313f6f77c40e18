import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'
import { passOthers } from './pass-all.ts'

/** Axes without borders stay as they are. */
export const Pad = defineChannelRule({
  op: 'Pad',
  flow: ({ data, pads, axes }) => {
    const along = axes ? axes.numbers : [...data.shape.keys()]
    const borders = pads.numbers
    if (!along || !borders) return {}
    const padded = along.filter((_, index) => borders[index] !== 0 || borders[index + along.length] !== 0)
    const places = padded.map(axis => fromFront(axis, data.shape.length))
    return { output: passOthers(data, axis => places.includes(axis)) }
  },
})
