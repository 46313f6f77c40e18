import { attribute, defineOperator, typed } from '../operator.ts'
import { windowedSizes, windowOf } from './spatial.ts'

/** X:[N,C,*s], W:[O,C/group,*k], B:[O] → Y:[N,O,*s′]; MACs = |Y|·C/group·Πk (ONNX Conv) */
export const Conv = defineOperator({
  op: 'Conv',
  inputs: ['X', 'W', 'B?'],
  outputs: ['Y'],
  attributes: {
    auto_pad: attribute.string('NOTSET'),
    dilations: attribute.optional.ints(),
    group: attribute.int(1),
    kernel_shape: attribute.optional.ints(),
    pads: attribute.optional.ints(),
    strides: attribute.optional.ints(),
  },
  infer: ({ X, W }, attributes, { node }) => {
    const kernel = attributes.kernel_shape ?? W.shape?.slice(2)
    if (!X.shape || !W.shape || !kernel?.every(size => typeof size === 'number'))
      return { Y: typed(X.dataType, undefined) }
    const sizes = X.shape.slice(2)
    const window = windowOf(sizes, { ...attributes, kernel_shape: kernel })
    return { Y: typed(X.dataType, [X.shape[0] ?? null, W.shape[0] ?? null, ...windowedSizes(sizes, window, node)]) }
  },
  macs: ({ inputs: { W = [] }, outputs: { Y = [] } }) =>
    [...Y, ...W.slice(1)].reduce((product, size) => product * size, 1),
})
