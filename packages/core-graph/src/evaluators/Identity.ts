import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Identity as operator } from '../operators/Identity.ts'

/** Y = X (ONNX Identity) */
export const Identity = defineEvaluator(operator, ({ input }) => input)
