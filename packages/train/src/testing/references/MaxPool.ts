import { sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { windowPlaces, windowTable } from '../windows.ts'
import { anyWindow, narrow } from './convolutions.ts'

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
  arbitrary: anyWindow.map(({ kernel, image, strides, dilations, pads }) => ({
    inputs: { X: [2, 1, ...image] },
    attributes: { kernel_shape: kernel, strides, dilations, pads: narrow(pads, kernel) },
  })),
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const image = x.dims.slice(2)
    const kernel = attributes.list('kernel_shape') ?? []
    const { sizes, placeOf } = windowPlaces(image, kernel, attributes)
    const table = windowTable(image, sizes, kernel, placeOf)
    const [pixels, offsets, windows] = [sizeOf(image), sizeOf(kernel), sizeOf(sizes)]
    const dims = [...x.dims.slice(0, 2), ...sizes]
    const [values, places] = [
      new Float64Array(sizeOf(dims)).fill(Number.NEGATIVE_INFINITY),
      new Float64Array(sizeOf(dims)),
    ]
    for (let cell = 0; cell < values.length; cell++) {
      const [plane, window] = [Math.floor(cell / windows), cell % windows]
      for (let offset = 0; offset < offsets; offset++) {
        const pixel = table[window * offsets + offset] ?? -1
        const place = plane * pixels + pixel
        if (pixel < 0 || (x.data[place] ?? 0) <= (values[cell] ?? 0)) continue
        values[cell] = x.data[place] ?? 0
        places[cell] = place
      }
    }
    return [
      { dims, data: values },
      { dims, data: places },
    ]
  },
})
