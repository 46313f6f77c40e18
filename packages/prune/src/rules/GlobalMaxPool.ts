import { definePool } from './pool.ts'

export const GlobalMaxPool = definePool('GlobalMaxPool')
