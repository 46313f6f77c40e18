import { defineOperator, isKnown, typed } from '../operator.ts'
import { elementCount } from '../tensor.ts'

/** Z:[*s, K] = X:[*s, C] at the K indices Y of the last axis; of a vector, [1, K] (ONNX ai.onnx.ml ArrayFeatureExtractor) */
export const ArrayFeatureExtractor = defineOperator({
  op: 'ArrayFeatureExtractor',
  domain: 'ai.onnx.ml',
  inputs: ['X', 'Y'],
  outputs: ['Z'],
  infer: ({ X, Y }) => {
    const count = isKnown(Y.shape) ? elementCount(Y.shape) : null
    return { Z: typed(X.dataType, X.shape && [...(X.shape.length > 1 ? X.shape.slice(0, -1) : [1]), count]) }
  },
})
