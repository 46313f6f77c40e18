import fc from 'fast-check'
import { at, indicesOf, nd, sum } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { windowPlaces } from '../windows.ts'
import { anyWindow, narrow } from './convolutions.ts'

export const AveragePool = defineReference({
  op: 'AveragePool',
  cases: [
    { name: '2×2', inputs: { X: [2, 2, 4, 4] }, attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    {
      name: 'padded, which does not count',
      inputs: { X: [1, 2, 5, 4] },
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    },
    {
      name: 'padded, which counts',
      inputs: { X: [1, 2, 5, 5] },
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2], count_include_pad: 1 },
    },
    {
      name: 'with a window over the edge',
      inputs: { X: [1, 2, 6, 5] },
      attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    },
    { name: 'with rows left over', inputs: { X: [1, 1, 5, 6] }, attributes: { kernel_shape: [2, 3], strides: [2, 2] } },
  ],
  arbitrary: fc
    .tuple(anyWindow, fc.constantFrom(0, 1))
    .map(([{ kernel, image, strides, dilations, pads }, counts]) => ({
      inputs: { X: [2, 1, ...image] },
      attributes: { kernel_shape: kernel, strides, dilations, pads: narrow(pads, kernel), count_include_pad: counts },
    })),
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const image = x.dims.slice(2)
    const kernel = attributes.list('kernel_shape') ?? []
    const { sizes, placeOf, pads } = windowPlaces(image, kernel, attributes)
    const isCounted = (place: readonly number[]) =>
      place.every((value, axis) => {
        const [begin = 0, end = 0] = attributes.number('count_include_pad', 0)
          ? [pads[axis], pads[axis + image.length]]
          : []
        return value >= -begin && value < (image[axis] ?? 0) + end
      })
    return nd([...x.dims.slice(0, 2), ...sizes], ([sample = 0, channel = 0, ...window]) => {
      const places = [...indicesOf(kernel)].map(offset => placeOf(window, offset)).filter(isCounted)
      return sum(places.map(place => at(x, [sample, channel, ...place]))) / places.length
    })
  },
})
