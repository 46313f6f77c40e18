import { defineChannelRule } from '../rule.ts'
import { passAll } from './pass-all.ts'

export const Identity = defineChannelRule({ op: 'Identity', flow: ({ input }) => ({ output: passAll(input) }) })
