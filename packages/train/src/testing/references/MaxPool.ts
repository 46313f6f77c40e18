import { at, indicesOf, nd } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { windowPlaces } from '../windows.ts'

export const MaxPool = defineReference({
  op: 'MaxPool',
  cases: [
    { name: '2×2', inputs: { X: [2, 2, 4, 4] }, attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    {
      name: '3×3, padded, stride 2: windows share pixels',
      inputs: { X: [2, 2, 5, 6] },
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
    },
  ],
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const image = x.dims.slice(2)
    const kernel = attributes.list('kernel_shape') ?? []
    const { sizes, placeOf } = windowPlaces(image, kernel, attributes)
    const inside = (place: readonly number[]) => place.every((value, axis) => value >= 0 && value < (image[axis] ?? 0))
    return nd([...x.dims.slice(0, 2), ...sizes], ([sample = 0, channel = 0, ...window]) => {
      const places = [...indicesOf(kernel)].map(offset => placeOf(window, offset)).filter(inside)
      return Math.max(...places.map(place => at(x, [sample, channel, ...place])))
    })
  },
})
