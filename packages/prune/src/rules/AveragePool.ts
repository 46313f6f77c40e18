import { definePool } from './pool.ts'

export const AveragePool = definePool('AveragePool')
