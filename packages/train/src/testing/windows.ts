import type { Attributes } from './reference.ts'

/** Where windows lie on an image, by the attributes that Conv and the pools share (ONNX Conv, "auto_pad" and "pads"). */
export function windowPlaces(image: readonly number[], kernel: readonly number[], attributes: Attributes) {
  const strides = attributes.list('strides') ?? kernel.map(() => 1)
  const dilations = attributes.list('dilations') ?? kernel.map(() => 1)
  const pads =
    attributes.list('pads') ?? (attributes.has('auto_pad') ? sameLower() : [...kernel, ...kernel].map(() => 0))
  function sameLower(): number[] {
    const totals = image.map((size, axis) => {
      const stride = strides[axis] ?? 1
      return Math.max(0, (Math.ceil(size / stride) - 1) * stride + (kernel[axis] ?? 1) - size)
    })
    return [...totals.map(total => Math.ceil(total / 2)), ...totals.map(total => Math.floor(total / 2))]
  }
  const sizes = image.map((size, axis) => {
    const padded = size + (pads[axis] ?? 0) + (pads[axis + image.length] ?? 0)
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return Math.floor((padded - reach) / (strides[axis] ?? 1)) + 1
  })
  const placeOf = (window: readonly number[], offset: readonly number[]) =>
    window.map(
      (place, axis) => place * (strides[axis] ?? 1) - (pads[axis] ?? 0) + (offset[axis] ?? 0) * (dilations[axis] ?? 1),
    )
  return { sizes, placeOf }
}
