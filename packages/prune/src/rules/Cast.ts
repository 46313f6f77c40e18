import { defineChannelRule } from '../rule.ts'
import { passAll } from './pass-all.ts'

export const Cast = defineChannelRule({ op: 'Cast', flow: ({ input }) => ({ output: passAll(input) }) })
