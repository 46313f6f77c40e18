import { defineChannelRule } from '../rule.ts'
import { passAll } from './pass-all.ts'

export const Dropout = defineChannelRule({
  op: 'Dropout',
  flow: ({ data }) => ({ output: passAll(data), mask: passAll(data) }),
})
