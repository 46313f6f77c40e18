import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Ceil as operator } from '../operators/Ceil.ts'

/** Y = ⌈X⌉ (ONNX Ceil) */
export const Ceil = defineEvaluator(operator, ({ X }) => elementwise([X], { float: (x = 0) => Math.ceil(x) }))
