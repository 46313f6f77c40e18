import { sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { windowPlaces, windowTable } from '../windows.ts'
import { anyConvolution, narrow } from './convolutions.ts'

export const ConvTranspose = defineReference({
  op: 'ConvTranspose',
  cases: [
    { name: '3×3', inputs: { X: [2, 2, 3, 4], W: [2, 3, 3, 3], B: [3] } },
    {
      name: 'stride 2, padded, with output padding',
      inputs: { X: [1, 2, 3, 4], W: [2, 3, 3, 3] },
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
    },
    {
      name: 'two groups, dilated',
      inputs: { X: [2, 4, 3, 3], W: [4, 3, 2, 2], B: [6] },
      attributes: { group: 2, dilations: [2, 1], strides: [1, 2] },
    },
    {
      name: 'SAME_UPPER',
      inputs: { X: [1, 2, 3, 4], W: [2, 2, 3, 3] },
      attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] },
    },
    {
      name: 'to a stated size',
      inputs: { X: [1, 1, 3, 3], W: [1, 2, 3, 4] },
      attributes: { output_shape: [6, 5], strides: [2, 2] },
    },
    {
      name: 'to a stated size, with output padding',
      inputs: { X: [1, 1, 3, 3], W: [1, 2, 3, 4] },
      attributes: { output_shape: [6, 5], output_padding: [1, 1], strides: [2, 2] },
    },
    {
      name: 'SAME_LOWER',
      inputs: { X: [1, 1, 3, 2], W: [1, 2, 3, 2] },
      attributes: { auto_pad: 'SAME_LOWER', strides: [2, 1] },
    },
    {
      name: 'VALID',
      inputs: { X: [1, 1, 3], W: [1, 2, 3] },
      attributes: { auto_pad: 'VALID' },
    },
    {
      name: 'to a larger size than windows reach',
      inputs: { X: [1, 1, 3], W: [1, 2, 3] },
      attributes: { output_shape: [8], strides: [2] },
    },
  ],
  arbitrary: anyConvolution.map(({ batch, group, own, each, kernel, image, strides, dilations, pads }) => ({
    inputs: { X: [batch, group * own, ...image], W: [group * own, each, ...kernel], B: [group * each] },
    attributes: { group, strides, dilations, pads: narrow(pads, kernel) },
  })),
  forward: (inputs, attributes) => {
    const [x, w, bias] = [input(inputs, 'X'), input(inputs, 'W'), inputs.B]
    const [channels = 1, each = 1, ...kernel] = w.dims
    const [batch = 1, , ...image] = x.dims
    const group = attributes.number('group', 1)
    const strides = attributes.list('strides') ?? kernel.map(() => 1)
    const dilations = attributes.list('dilations') ?? kernel.map(() => 1)
    const mode = attributes.text('auto_pad') ?? 'NOTSET'
    const full = image.map(
      (size, axis) =>
        (size - 1) * (strides[axis] ?? 1) +
        ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) +
        1 +
        (attributes.list('output_padding')?.[axis] ?? 0),
    )
    const stated =
      attributes.list('output_shape') ??
      (mode.startsWith('SAME') ? image.map((size, axis) => size * (strides[axis] ?? 1)) : undefined)
    const given = attributes.list('pads') ?? [...kernel, ...kernel].map(() => 0)
    const totals = full.map((size, axis) =>
      stated ? Math.max(0, size - (stated[axis] ?? 0)) : (given[axis] ?? 0) + (given[axis + kernel.length] ?? 0),
    )
    const begins = totals.map((total, axis) =>
      stated ? (mode === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)) : (given[axis] ?? 0),
    )
    const sizes = stated ?? full.map((size, axis) => size - (totals[axis] ?? 0))
    const { placeOf } = windowPlaces(sizes, kernel, {
      ...attributes,
      text: () => undefined,
      list: name => (name === 'pads' ? [...begins, ...begins] : attributes.list(name)),
    })
    const table = windowTable(sizes, image, kernel, placeOf)
    const [pixels, windows, offsets] = [sizeOf(sizes), sizeOf(image), sizeOf(kernel)]
    const [own, outputs] = [channels / group, each * group]
    const data = Float64Array.from(
      { length: batch * outputs * pixels },
      (_, place) => bias?.data[Math.floor(place / pixels) % outputs] ?? 0,
    )
    for (let plane = 0; plane < batch * channels; plane++) {
      const channel = plane % channels
      const first = Math.floor(plane / channels) * outputs + Math.floor(channel / own) * each
      for (let output = 0; output < each; output++)
        for (let window = 0; window < windows; window++)
          for (let offset = 0; offset < offsets; offset++) {
            const pixel = table[window * offsets + offset] ?? -1
            if (pixel < 0) continue
            const place = (first + output) * pixels + pixel
            data[place] =
              (data[place] ?? 0) +
              (x.data[plane * windows + window] ?? 0) * (w.data[(channel * each + output) * offsets + offset] ?? 0)
          }
    }
    return { dims: [batch, outputs, ...sizes], data }
  },
})
