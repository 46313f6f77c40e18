import { attribute, defineOperator, typed } from '../operator.ts'

/** X:[N,C,*s], W:[C,O/group,*k], B:[O] → Y:[N,O,*s′]; MACs = |X|·O/group·Πk (ONNX ConvTranspose) */
export const ConvTranspose = defineOperator({
  op: 'ConvTranspose',
  inputs: ['X', 'W', 'B?'],
  outputs: ['Y'],
  attributes: {
    auto_pad: attribute.string('NOTSET'),
    dilations: attribute.optional.ints(),
    group: attribute.int(1),
    kernel_shape: attribute.optional.ints(),
    output_padding: attribute.optional.ints(),
    output_shape: attribute.optional.ints(),
    pads: attribute.optional.ints(),
    strides: attribute.optional.ints(),
  },
  infer: (
    { X, W },
    {
      auto_pad: autoPad,
      dilations,
      group,
      kernel_shape: kernel,
      output_padding: more,
      output_shape: stated,
      pads,
      strides,
    },
  ) => {
    const channels = W.shape?.[1]
    if (!X.shape || !W.shape) return { Y: typed(X.dataType, undefined) }
    const sizes = X.shape.slice(2).map((size, axis) => {
      if (stated) return stated[axis] ?? null
      const window = kernel?.[axis] ?? W.shape?.[axis + 2]
      if (typeof size !== 'number' || typeof window !== 'number') return null
      const stride = strides?.[axis] ?? 1
      if (autoPad.startsWith('SAME')) return size * stride
      const rank = (X.shape?.length ?? 2) - 2
      const padded = autoPad === 'VALID' ? 0 : (pads?.[axis] ?? 0) + (pads?.[axis + rank] ?? 0)
      return (size - 1) * stride + (window - 1) * (dilations?.[axis] ?? 1) + 1 + (more?.[axis] ?? 0) - padded
    })
    return {
      Y: typed(X.dataType, [X.shape[0] ?? null, typeof channels === 'number' ? channels * group : null, ...sizes]),
    }
  },
  macs: ({ inputs: { X = [], W = [] } }) => [...X, ...W.slice(1)].reduce((product, size) => product * size, 1),
})
