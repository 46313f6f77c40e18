import { sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { windowPlaces, windowTable } from '../windows.ts'
import { anyConvolution } from './convolutions.ts'

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
  arbitrary: anyConvolution.map(({ batch, group, own, each, image, ...window }) => ({
    inputs: { X: [batch, group * own, ...image], W: [group * each, own, ...window.kernel], B: [group * each] },
    attributes: { group, strides: window.strides, dilations: window.dilations, pads: window.pads },
  })),
  forward: (inputs, attributes) => {
    const [x, w, bias] = [input(inputs, 'X'), input(inputs, 'W'), inputs.B]
    const [outputs = 1, own = 1, ...kernel] = w.dims
    const [batch = 1, channels = 1, ...image] = x.dims
    const { sizes, placeOf } = windowPlaces(image, kernel, attributes)
    const table = windowTable(image, sizes, kernel, placeOf)
    const perGroup = outputs / attributes.number('group', 1)
    const [pixels, offsets, windows] = [sizeOf(image), sizeOf(kernel), sizeOf(sizes)]
    const data = new Float64Array(batch * outputs * windows)
    for (let plane = 0; plane < batch * outputs; plane++) {
      const output = plane % outputs
      const first = Math.floor(plane / outputs) * channels + Math.floor(output / perGroup) * own
      for (let window = 0; window < windows; window++) {
        let total = bias?.data[output] ?? 0
        for (let channel = 0; channel < own; channel++)
          for (let offset = 0; offset < offsets; offset++) {
            const pixel = table[window * offsets + offset] ?? -1
            if (pixel >= 0)
              total +=
                (x.data[(first + channel) * pixels + pixel] ?? 0) *
                (w.data[(output * own + channel) * offsets + offset] ?? 0)
          }
        data[plane * windows + window] = total
      }
    }
    return { dims: [batch, outputs, ...sizes], data }
  },
})
