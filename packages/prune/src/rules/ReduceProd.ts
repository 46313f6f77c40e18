import { defineReduce } from './reduce.ts'

export const ReduceProd = defineReduce('ReduceProd')
