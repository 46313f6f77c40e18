import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Reciprocal as operator } from '../operators/Reciprocal.ts'

/** Y = 1 / X (ONNX Reciprocal) */
export const Reciprocal = defineEvaluator(operator, ({ X }) => elementwise([X], { float: (x = 0) => 1 / x }))
