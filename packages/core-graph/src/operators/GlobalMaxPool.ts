import { defineGlobalPool } from './pool.ts'

/** Y = the maximum over the spatial axes; X:[N,C,*s] → [N,C,1,…] (ONNX GlobalMaxPool) */
export const GlobalMaxPool = defineGlobalPool('GlobalMaxPool')
