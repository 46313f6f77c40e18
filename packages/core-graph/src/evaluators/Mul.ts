import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Mul as operator } from '../operators/Mul.ts'

/** C = A · B, broadcast (ONNX Mul) */
export const Mul = defineEvaluator(operator, ({ A, B }) =>
  elementwise([A, B], { float: (a = 0, b = 0) => a * b, integer: (a = 0n, b = 0n) => a * b }),
)
