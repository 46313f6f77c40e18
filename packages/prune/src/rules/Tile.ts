import { defineChannelRule } from '../rule.ts'
import { passOthers } from './pass-all.ts'

/** Axes that are not repeated stay as they are. */
export const Tile = defineChannelRule({
  op: 'Tile',
  flow: ({ input, repeats }) => {
    const counts = repeats.numbers
    return counts ? { output: passOthers(input, axis => counts[axis] !== 1) } : {}
  },
})
