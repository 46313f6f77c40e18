import { defineChannelRule } from '../rule.ts'
import { passAll } from './pass-all.ts'

/** Only the type of the other input is read, whatever its channels. */
export const CastLike = defineChannelRule({
  op: 'CastLike',
  flow: ({ input, target_type: like }) => {
    passAll(like)
    return { output: passAll(input) }
  },
})
