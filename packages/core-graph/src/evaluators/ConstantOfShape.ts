import { defineEvaluator } from '../evaluation/evaluator.ts'
import { broadcastTo, withDims } from '../evaluation/strided.ts'
import { ConstantOfShape as operator } from '../operators/ConstantOfShape.ts'
import { tensorNumbers, tensorOf } from '../tensor.ts'

/** output:[*input] = `value`, default 0 of float32 (ONNX ConstantOfShape) */
export const ConstantOfShape = defineEvaluator(operator, ({ input }, { value }) =>
  broadcastTo(withDims(value ?? tensorOf('float32', [1], [0]), []), tensorNumbers(input)),
)
