import { indicesOf, sizeOf } from './nd.ts'
import type { Attributes } from './reference.ts'

/** Where windows lie on an image, by the attributes that Conv and the pools share (ONNX Conv, "auto_pad" and "pads"). */
export function windowPlaces(image: readonly number[], kernel: readonly number[], attributes: Attributes) {
  const strides = attributes.list('strides') ?? kernel.map(() => 1)
  const dilations = attributes.list('dilations') ?? kernel.map(() => 1)
  const reaches = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1)
  const mode = attributes.text('auto_pad') ?? 'NOTSET'
  const pads = mode.startsWith('SAME') ? samePads() : (attributes.list('pads') ?? [...kernel, ...kernel].map(() => 0))
  function samePads(): number[] {
    const totals = image.map((size, axis) => {
      const stride = strides[axis] ?? 1
      return Math.max(0, (Math.ceil(size / stride) - 1) * stride + (reaches[axis] ?? 1) - size)
    })
    const [more, less] = [totals.map(total => Math.ceil(total / 2)), totals.map(total => Math.floor(total / 2))]
    return mode === 'SAME_LOWER' ? [...more, ...less] : [...less, ...more]
  }
  const sizes = image.map((size, axis) => {
    const [begin = 0, end = 0, stride = 1] = [pads[axis], pads[axis + image.length], strides[axis]]
    const steps = (size + begin + end - (reaches[axis] ?? 1)) / stride
    if (!attributes.number('ceil_mode', 0)) return Math.floor(steps) + 1
    const count = Math.ceil(steps) + 1
    return (count - 1) * stride >= size + begin ? count - 1 : count
  })
  const placeOf = (window: readonly number[], offset: readonly number[]) =>
    window.map(
      (place, axis) => place * (strides[axis] ?? 1) - (pads[axis] ?? 0) + (offset[axis] ?? 0) * (dilations[axis] ?? 1),
    )
  return { sizes, placeOf, pads }
}

/** For each window the pixel, counted through the image, under each offset of the kernel; −1 outside of the image. */
export function windowTable(
  image: readonly number[],
  windows: readonly number[],
  kernel: readonly number[],
  placeOf: (window: readonly number[], offset: readonly number[]) => readonly number[],
): Int32Array {
  const table = new Int32Array(sizeOf(windows) * sizeOf(kernel)).fill(-1)
  const offsets = [...indicesOf(kernel)]
  let cell = 0
  for (const window of indicesOf(windows))
    for (const offset of offsets) {
      const place = placeOf(window, offset)
      if (place.every((value, axis) => value >= 0 && value < (image[axis] ?? 0)))
        table[cell] = place.reduce((flat, value, axis) => flat * (image[axis] ?? 1) + value, 0)
      cell++
    }
  return table
}
