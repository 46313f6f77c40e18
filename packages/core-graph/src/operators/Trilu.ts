import { attribute, defineOperator, sameAs } from '../operator.ts'

/** The upper or lower triangle of the last two axes, zero elsewhere (ONNX Trilu) */
export const Trilu = defineOperator({
  op: 'Trilu',
  inputs: ['input', 'k?'],
  outputs: ['output'],
  attributes: { upper: attribute.int(1) },
  infer: ({ input }) => ({ output: sameAs(input) }),
})
