import { attribute, defineOperator, sameAs, typed } from '../operator.ts'

/** In inference output = data; in training some elements are zero and the others scaled (ONNX Dropout) */
export const Dropout = defineOperator({
  op: 'Dropout',
  inputs: ['data', 'ratio?', 'training_mode?'],
  outputs: ['output', 'mask?'],
  attributes: { seed: attribute.optional.int() },
  infer: ({ data }) => ({ output: sameAs(data), mask: typed('bool', data.shape) }),
})
