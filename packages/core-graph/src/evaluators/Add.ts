import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Add as operator } from '../operators/Add.ts'

/** C = A + B, broadcast (ONNX Add) */
export const Add = defineEvaluator(operator, ({ A, B }) =>
  elementwise([A, B], { float: (a = 0, b = 0) => a + b, integer: (a = 0n, b = 0n) => a + b }),
)
