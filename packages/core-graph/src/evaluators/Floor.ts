import { elementwise } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Floor as operator } from '../operators/Floor.ts'

/** Y = ⌊X⌋ (ONNX Floor) */
export const Floor = defineEvaluator(operator, ({ X }) => elementwise([X], { float: (x = 0) => Math.floor(x) }))
