import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Sub as operator } from '../operators/Sub.ts'

/** C = A − B, broadcast (ONNX Sub) */
export const Sub = defineEvaluator(operator, ({ A, B }) =>
  elementwise([A, B], { float: (a = 0, b = 0) => a - b, integer: (a = 0n, b = 0n) => a - b }),
)
