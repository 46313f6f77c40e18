import { attribute, defineOperator, sameAs } from '../operator.ts'

/** Y = scale·(X − mean)/√(var + ε) + bias for each sample and group of channels; scale and bias [C] (ONNX GroupNormalization) */
export const GroupNormalization = defineOperator({
  op: 'GroupNormalization',
  inputs: ['X', 'scale', 'bias'],
  outputs: ['Y'],
  attributes: { epsilon: attribute.float(1e-5), num_groups: attribute.required.int(), stash_type: attribute.int(1) },
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
