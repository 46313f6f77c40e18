import { attribute, defineOperator, sameAs } from '../operator.ts'

/** Y = scale·(x − mean)/√(var + ε) + B for each sample and channel; [N,C,*s], scale and B [C] (ONNX InstanceNormalization) */
export const InstanceNormalization = defineOperator({
  op: 'InstanceNormalization',
  inputs: ['input', 'scale', 'B'],
  outputs: ['output'],
  attributes: { epsilon: attribute.float(1e-5) },
  infer: ({ input }) => ({ output: sameAs(input) }),
})
