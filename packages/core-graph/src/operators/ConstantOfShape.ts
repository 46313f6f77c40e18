import { attribute, defineOperator, typed } from '../operator.ts'
import { tensorNumbers } from '../tensor.ts'
import { elementsOf, followedElements } from './elements.ts'

/** output:[*input] = value, default 0 of float32 (ONNX ConstantOfShape) */
export const ConstantOfShape = defineOperator({
  op: 'ConstantOfShape',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { value: attribute.optional.tensor() },
  infer: ({ input }, { value }) => {
    const output = typed(value?.dataType ?? 'float32', elementsOf(input))
    const [count = 1] = output.shape ?? [null]
    if (value?.dataType !== 'int64' || typeof count !== 'number' || !(count >= 0 && count <= followedElements))
      return { output }
    return { output: { ...output, elements: Array.from({ length: count }, () => tensorNumbers(value)[0] ?? null) } }
  },
})
