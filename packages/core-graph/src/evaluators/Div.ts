import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Div as operator } from '../operators/Div.ts'

/** C = A / B, integers towards zero, broadcast (ONNX Div) */
export const Div = defineEvaluator(operator, ({ A, B }) =>
  elementwise([A, B], { float: (a = 0, b = 0) => a / b, integer: (a = 0n, b = 0n) => a / b }),
)
