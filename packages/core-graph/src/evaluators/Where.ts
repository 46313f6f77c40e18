import { apply } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Where as operator } from '../operators/Where.ts'

/** output = X where condition, else Y; broadcast (ONNX Where) */
export const Where = defineEvaluator(operator, ({ condition, X, Y }) =>
  apply([condition, X, Y], X.dataType, (chosen, x = 0, y = 0) => (chosen ? x : y)),
)
