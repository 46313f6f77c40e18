import { defineReduce } from './reduce.ts'

export const ReduceMean = defineReduce('ReduceMean')
