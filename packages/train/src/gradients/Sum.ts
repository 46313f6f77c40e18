import { defineGradient } from '../gradient.ts'

/** d data_0[i] = dsum */
export const Sum = defineGradient({ op: 'Sum', backward: (_, { dsum }) => ({ data_0: () => dsum }) })
