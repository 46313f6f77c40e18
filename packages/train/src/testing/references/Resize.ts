import fc from 'fast-check'
import { anyDims, anyEach } from '../arbitraries.ts'
import { at, map, type Nd, nd, positive, stridesOf, view, zip } from '../nd.ts'
import { type Attributes, defineReference, input } from '../reference.ts'

const floats = (...values: readonly number[]) => ({ dataType: 'float32', dims: [values.length], values }) as const
const none = floats()

const coordinates = ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'asymmetric', 'align_corners'] as const
const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const

const part = fc.constantFrom(-0.3, 0.15, 0.6, 1.2)

const whole = fc
  .tuple(
    anyDims(2, 2),
    anyEach(2, 1, 6),
    fc.constantFrom('nearest', 'linear'),
    fc.constantFrom(...coordinates),
    fc.constantFrom(...roundings),
  )
  .map(([image, sizes, mode, coordinate_transformation_mode, nearest_mode]) => ({
    inputs: { X: [1, 2, ...image], roi: none, scales: none, sizes: { ints: [1, 2, ...sizes] } },
    attributes: { mode, coordinate_transformation_mode, nearest_mode },
  }))

/** Onto other sizes: onnxruntime takes an axis that keeps its size as it is, whatever part of it is asked for. */
const cropped = fc
  .tuple(anyDims(2, 2), anyEach(2, 1, 6), fc.constantFrom('nearest', 'linear'), fc.tuple(part, part, part, part))
  .map(([image, sizes, mode, [top, left, bottom, right]]) => ({
    inputs: {
      X: [1, 2, ...image],
      roi: floats(0, 0, top, left, 1, 1, bottom, right),
      scales: none,
      sizes: { ints: [1, 2, ...sizes.map((size, axis) => (size === image[axis] ? size + 1 : size))] },
    },
    attributes: { mode, coordinate_transformation_mode: 'tf_crop_and_resize', extrapolation_value: 0.5 },
  }))

export const Resize = defineReference({
  op: 'Resize',
  cases: [
    {
      name: 'nearest, twice the size',
      inputs: { X: [1, 2, 2, 3], roi: none, scales: floats(1, 1, 2, 2) },
      attributes: { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    },
    {
      name: 'linear, twice the size',
      inputs: { X: [1, 2, 2, 3], roi: none, scales: floats(1, 1, 2, 2) },
      attributes: { mode: 'linear' },
    },
    {
      name: 'linear, to a broken scale',
      inputs: { X: [1, 1, 5, 4], roi: none, scales: floats(1, 1, 0.5, 1.5) },
      attributes: { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' },
    },
    {
      name: 'of a part, some of it outside',
      inputs: {
        X: [1, 1, 4, 4],
        roi: floats(0, 0, 0.25, -0.25, 1, 1, 0.75, 0.5),
        scales: none,
        sizes: { ints: [1, 1, 3, 5] },
      },
      attributes: { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize' },
    },
    {
      name: 'along one axis',
      inputs: { X: [1, 1, 3, 3], roi: none, scales: none, sizes: { ints: [5] } },
      attributes: { mode: 'linear', axes: [-1], coordinate_transformation_mode: 'align_corners' },
    },
    {
      name: 'nearest, along the first axis',
      inputs: { X: [3, 2], roi: none, scales: none, sizes: { ints: [5] } },
      attributes: { axes: [0] },
    },
  ],
  arbitrary: fc.oneof(whole, cropped),
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const axes = [...(attributes.list('axes') ?? x.dims.keys())].map(axis => positive(axis, x.dims.length))
    const factors = inputs.scales?.data ?? new Float64Array()
    return axes.reduce((value, axis, place) => {
      const size = x.dims[axis] ?? 1
      const scale = factors[place] ?? Math.fround((inputs.sizes?.data[place] ?? 1) / size)
      const resized = inputs.sizes?.data[place] ?? Math.floor(size * scale)
      const region = [inputs.roi?.data[place] ?? 0, inputs.roi?.data[axes.length + place] ?? 1] as const
      const columns = Array.from({ length: resized }, (_, column) =>
        pixel(value, axis, coordinate(column, { size, resized, scale, region }, attributes), attributes),
      )
      return joined(columns, axis)
    }, x)
  },
})

interface AxisSizes {
  readonly size: number
  readonly resized: number
  readonly scale: number
  readonly region: readonly [start: number, end: number]
}

/** Where an element of the output lies in the input, as ONNX Resize defines each mode. */
function coordinate(
  column: number,
  { size, resized, scale, region: [start, end] }: AxisSizes,
  attributes: Attributes,
): number {
  switch (attributes.text('coordinate_transformation_mode') ?? 'half_pixel') {
    case 'asymmetric':
      return column / scale
    case 'align_corners':
      return resized === 1 ? 0 : (column * (size - 1)) / (resized - 1)
    case 'pytorch_half_pixel':
      return resized > 1 ? (column + 0.5) / scale - 0.5 : 0
    case 'tf_crop_and_resize':
      return (size - 1) * (resized > 1 ? start + (column * (end - start)) / (resized - 1) : (start + end) / 2)
    case 'half_pixel_symmetric':
      return (size / 2) * (1 - resized / (scale * size)) + (column + 0.5) / scale - 0.5
    default:
      return (column + 0.5) / scale - 0.5
  }
}

/** What stands at a coordinate along an axis, which keeps size 1. */
function pixel(x: Nd, axis: number, where: number, attributes: Attributes): Nd {
  const size = x.dims[axis] ?? 1
  // Away from the rounding of a division that should have come out even.
  const near = Math.round(where * 1e5) / 1e5
  const row = (place: number) => {
    const strides = stridesOf(x.dims)
    return view(x, x.dims.with(axis, 1), strides, Math.min(size - 1, Math.max(0, place)) * (strides[axis] ?? 1))
  }
  const isCropped = attributes.text('coordinate_transformation_mode') === 'tf_crop_and_resize'
  if (isCropped && (near < 0 || near > size - 1)) return map(row(0), () => attributes.number('extrapolation_value', 0))
  if (attributes.text('mode') === 'linear') {
    const inside = Math.min(size - 1, Math.max(0, where))
    const below = Math.floor(inside)
    return zip(row(below), row(below + 1), (low, high) => low + (inside - below) * (high - low))
  }
  switch (attributes.text('nearest_mode') ?? 'round_prefer_floor') {
    case 'floor':
      return row(Math.floor(near))
    case 'ceil':
      return row(Math.ceil(near))
    case 'round_prefer_ceil':
      return row(Math.floor(near + 0.5))
    default:
      return row(Math.ceil(near - 0.5))
  }
}

/** Tensors one after the other along an axis where each has size 1. */
const joined = (parts: readonly Nd[], axis: number): Nd =>
  nd((parts[0]?.dims ?? []).with(axis, parts.length), index => {
    const part = parts[index[axis] ?? 0]
    return part ? at(part, index.with(axis, 0)) : 0
  })
