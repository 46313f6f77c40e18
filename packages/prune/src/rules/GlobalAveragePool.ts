import { definePool } from './pool.ts'

export const GlobalAveragePool = definePool('GlobalAveragePool')
