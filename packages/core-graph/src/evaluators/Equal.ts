import { apply } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Equal as operator } from '../operators/Equal.ts'

/** C = [A = B], broadcast (ONNX Equal); half floats are left to the runtime */
export const Equal = defineEvaluator(operator, ({ A, B }) =>
  A.dataType === 'float16' || A.dataType === 'bfloat16'
    ? undefined
    : apply([A, B], 'bool', (a, b) => (a === b ? 1 : 0)),
)
