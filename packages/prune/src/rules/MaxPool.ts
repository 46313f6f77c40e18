import { definePool } from './pool.ts'

export const MaxPool = definePool('MaxPool')
