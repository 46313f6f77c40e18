import fc from 'fast-check'
import { anyDims, anyEach } from '../arbitraries.ts'
import { at, nd, positive } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

/** No border is wider than the tensor less one, which is as far as reflection goes. */
const arbitrary = fc
  .tuple(anyDims(1, 3, fc.integer({ min: 2, max: 4 })), fc.constantFrom('constant', 'edge', 'reflect', 'wrap'))
  .chain(([data, mode]) =>
    anyEach(2 * data.length, 0, 1).map(pads => ({ inputs: { data, pads: { ints: pads } }, attributes: { mode } })),
  )

export const Pad = defineReference({
  op: 'Pad',
  cases: [
    { name: 'with zeros', inputs: { data: [2, 3], pads: { ints: [0, 1, 2, 3] } } },
    { name: 'with a number', inputs: { data: [2, 3], pads: { ints: [1, 0, 0, 1] }, constant_value: { scalar: 2 } } },
    { name: 'by less than nothing', inputs: { data: [4, 5], pads: { ints: [-1, 1, 0, -2] } } },
    {
      name: 'along the first axis',
      inputs: { data: [2, 3], pads: { ints: [1, 2] }, constant_value: { scalar: 0 }, axes: { ints: [0] } },
    },
    {
      name: 'reflected, along some axes',
      inputs: { data: [2, 3, 4], pads: { ints: [2, 1, 3, 2] }, constant_value: { scalar: 0 }, axes: { ints: [-1, 1] } },
      attributes: { mode: 'reflect' },
    },
    { name: 'by the edge, far', inputs: { data: [2, 3], pads: { ints: [0, 4, 1, 5] } }, attributes: { mode: 'edge' } },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const data = input(inputs, 'data')
    const pads = input(inputs, 'pads').data
    const along = [...(inputs.axes?.data ?? data.dims.keys())].map(axis => positive(axis, data.dims.length))
    const begin = data.dims.map((_, axis) => pads[along.indexOf(axis)] ?? 0)
    const end = data.dims.map((_, axis) => (along.includes(axis) ? (pads[along.length + along.indexOf(axis)] ?? 0) : 0))
    const mode = attributes.text('mode') ?? 'constant'
    const source = (place: number, size: number): number => {
      if (mode === 'edge') return Math.min(Math.max(place, 0), size - 1)
      if (mode === 'wrap') return (place + size) % size
      if (mode === 'reflect') return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place
      return place
    }
    return nd(
      data.dims.map((size, axis) => size + (begin[axis] ?? 0) + (end[axis] ?? 0)),
      index => {
        const places = data.dims.map((size, axis) => source((index[axis] ?? 0) - (begin[axis] ?? 0), size))
        const isInside = places.every((place, axis) => place >= 0 && place < (data.dims[axis] ?? 0))
        return isInside ? at(data, places) : (inputs.constant_value?.data[0] ?? 0)
      },
    )
  },
})
