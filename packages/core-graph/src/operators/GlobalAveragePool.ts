import { defineGlobalPool } from './pool.ts'

/** Y = the mean over the spatial axes; X:[N,C,*s] → [N,C,1,…] (ONNX GlobalAveragePool) */
export const GlobalAveragePool = defineGlobalPool('GlobalAveragePool')
