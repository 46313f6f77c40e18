import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Neg as operator } from '../operators/Neg.ts'

/** Y = −X (ONNX Neg) */
export const Neg = defineEvaluator(operator, ({ X }) =>
  elementwise([X], { float: (x = 0) => -x, integer: (x = 0n) => -x }),
)
