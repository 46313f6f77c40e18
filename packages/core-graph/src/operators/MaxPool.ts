import { attribute, defineOperator, typed } from '../operator.ts'
import { windowedSizes, windowOf } from './spatial.ts'

/** Y = max over windows; X:[N,C,*s] → [N,C,*s′] (ONNX MaxPool) */
export const MaxPool = defineOperator({
  op: 'MaxPool',
  inputs: ['X'],
  outputs: ['Y', 'Indices?'],
  attributes: {
    auto_pad: attribute.string('NOTSET'),
    ceil_mode: attribute.int(0),
    storage_order: attribute.int(0),
    dilations: attribute.optional.ints(),
    kernel_shape: attribute.required.ints(),
    pads: attribute.optional.ints(),
    strides: attribute.optional.ints(),
  },
  infer: ({ X }, attributes, { node }) => {
    if (!X.shape) return { Y: typed(X.dataType, undefined) }
    const sizes = X.shape.slice(2)
    const shape = [
      ...X.shape.slice(0, 2),
      ...windowedSizes(sizes, windowOf(sizes, attributes), node, attributes.ceil_mode === 1),
    ]
    return { Y: typed(X.dataType, shape), Indices: typed('int64', shape) }
  },
})
