import { defineGradient } from '../gradient.ts'

/** d input = d output */
export const Identity = defineGradient({ op: 'Identity', backward: (_, { doutput }) => ({ input: () => doutput }) })
