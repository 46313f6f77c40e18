import { attribute, defineOperator, sameAs, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

/** Y = (X − mean)/√(var + ε)·Scale + B over the axes from `axis` on (ONNX LayerNormalization) */
export const LayerNormalization = defineOperator({
  op: 'LayerNormalization',
  inputs: ['X', 'Scale', 'B?'],
  outputs: ['Y', 'Mean?', 'InvStdDev?'],
  attributes: { axis: attribute.int(-1), epsilon: attribute.float(1e-5), stash_type: attribute.int(1) },
  infer: ({ X }, { axis }, { node }) => {
    const first = X.shape && axisOf(axis, X.shape.length, node)
    const statistics = typed(
      'float32',
      X.shape?.map((size, position) => (position < (first ?? 0) ? size : 1)),
    )
    return { Y: sameAs(X), Mean: statistics, InvStdDev: statistics }
  },
})
