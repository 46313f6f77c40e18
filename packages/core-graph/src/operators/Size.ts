import { defineOperator, isKnown, typed } from '../operator.ts'

/** The number of elements, an int64 scalar (ONNX Size) */
export const Size = defineOperator({
  op: 'Size',
  inputs: ['data'],
  outputs: ['size'],
  infer: ({ data: { shape } }) => ({
    size: { ...typed('int64', []), ...(isKnown(shape) ? { elements: [shape.reduce((a, b) => a * b, 1)] } : {}) },
  }),
})
