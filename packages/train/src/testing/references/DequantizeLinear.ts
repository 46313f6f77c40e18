import { positive, zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { alongAxis } from './quantization.ts'

const levels = { dataType: 'int8', dims: [2, 3], values: [-128, -3, 0, 5, 100, 127] } as const

export const DequantizeLinear = defineReference({
  op: 'DequantizeLinear',
  cases: [
    { name: 'of int8', inputs: { x: levels, x_scale: [] } },
    {
      name: 'with a zero point',
      inputs: { x: levels, x_scale: [], x_zero_point: { dataType: 'int8', dims: [], values: [-3] } },
    },
    {
      name: 'for each channel',
      inputs: { x: levels, x_scale: [3], x_zero_point: { dataType: 'int8', dims: [3], values: [-3, 0, 7] } },
    },
    { name: 'for each index of the first axis', inputs: { x: levels, x_scale: [2] }, attributes: { axis: 0 } },
  ],
  forward: (inputs, attributes) => {
    const x = input(inputs, 'x')
    const rank = x.dims.length
    const axis = positive(attributes.number('axis', 1), rank)
    const zero = inputs.x_zero_point
    const centred = zero ? zip(x, alongAxis(zero, axis, rank), (value, shift) => value - shift) : x
    return zip(centred, alongAxis(input(inputs, 'x_scale'), axis, rank), (value, scale) => value * scale)
  },
})
