import { at, indicesOf, nd, sum } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { windowPlaces } from '../windows.ts'

export const Conv = defineReference({
  op: 'Conv',
  cases: [
    { name: 'pointwise', inputs: { X: [2, 3, 3, 4], W: [2, 3, 1, 1], B: [2] } },
    { name: 'pointwise, stride 2', inputs: { X: [2, 3, 5, 4], W: [2, 3, 1, 1] }, attributes: { strides: [2, 2] } },
    { name: '3×3, padded', inputs: { X: [2, 2, 4, 5], W: [3, 2, 3, 3], B: [3] }, attributes: { pads: [1, 1, 1, 1] } },
    {
      name: '3×3, stride 2, odd size',
      inputs: { X: [2, 2, 5, 5], W: [3, 2, 3, 3] },
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
    },
    {
      name: '3×3, stride 2, even size: the last row is not seen',
      inputs: { X: [2, 2, 6, 4], W: [2, 2, 3, 3] },
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
    },
    {
      name: '3×3, stride 2, unpadded: rows are left over',
      inputs: { X: [1, 2, 6, 6], W: [2, 2, 3, 3] },
      attributes: { strides: [2, 2] },
    },
    {
      name: 'depthwise',
      inputs: { X: [2, 3, 4, 4], W: [3, 1, 3, 3], B: [3] },
      attributes: { group: 3, pads: [1, 1, 1, 1] },
    },
    {
      name: 'depthwise, stride 2',
      inputs: { X: [2, 3, 6, 5], W: [3, 1, 3, 3] },
      attributes: { group: 3, pads: [1, 1, 1, 1], strides: [2, 2] },
    },
    {
      name: 'depthwise with two outputs a channel',
      inputs: { X: [2, 2, 4, 4], W: [4, 1, 3, 3] },
      attributes: { group: 2, pads: [1, 1, 1, 1] },
    },
    {
      name: 'two groups',
      inputs: { X: [2, 4, 4, 3], W: [6, 2, 3, 2] },
      attributes: { group: 2, pads: [1, 0, 1, 1] },
    },
    {
      name: 'dilated, uneven padding and strides',
      inputs: { X: [1, 2, 7, 6], W: [2, 2, 3, 2] },
      attributes: { dilations: [2, 1], pads: [2, 0, 1, 1], strides: [1, 2] },
    },
    {
      name: 'dilated and strided',
      inputs: { X: [1, 1, 9, 8], W: [2, 1, 3, 3] },
      attributes: { dilations: [2, 2], strides: [3, 2] },
    },
    {
      name: 'more padding than the window',
      inputs: { X: [1, 1, 3, 3], W: [1, 1, 2, 2] },
      attributes: { pads: [2, 2, 2, 2] },
    },
    {
      name: 'SAME_LOWER',
      inputs: { X: [1, 2, 5, 6], W: [2, 2, 2, 3] },
      attributes: { auto_pad: 'SAME_LOWER', strides: [2, 2] },
    },
    {
      name: 'of sequences',
      inputs: { X: [2, 2, 7], W: [3, 2, 3], B: [3] },
      attributes: { pads: [1, 1], strides: [2] },
    },
  ],
  forward: (inputs, attributes) => {
    const [x, w, bias] = [input(inputs, 'X'), input(inputs, 'W'), inputs.B]
    const [outputs = 1, own = 1, ...kernel] = w.dims
    const { sizes, placeOf } = windowPlaces(x.dims.slice(2), kernel, attributes)
    const perGroup = outputs / attributes.number('group', 1)
    return nd([x.dims[0] ?? 1, outputs, ...sizes], ([sample = 0, output = 0, ...window]) => {
      const group = Math.floor(output / perGroup)
      const products = indicesOf([own, ...kernel]).map(([channel = 0, ...offset]) => {
        const place = placeOf(window, offset)
        return at(x, [sample, group * own + channel, ...place]) * at(w, [output, channel, ...offset])
      })
      return sum(products) + (bias ? at(bias, [output]) : 0)
    })
  },
})
