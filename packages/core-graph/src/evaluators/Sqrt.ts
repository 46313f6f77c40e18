import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Sqrt as operator } from '../operators/Sqrt.ts'

/** Y = √X (ONNX Sqrt) */
export const Sqrt = defineEvaluator(operator, ({ X }) => elementwise([X], { float: (x = 0) => Math.sqrt(x) }))
