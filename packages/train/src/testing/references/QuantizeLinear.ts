import { map, type Nd, positive, zip } from '../nd.ts'
import { type Attributes, defineReference, input } from '../reference.ts'
import { alongAxis } from './quantization.ts'

const levels = (low: number, high: number) => (x: number) => Math.min(high, Math.max(low, x))

/** The type's range, which the cases tell by the zero point: int8 where it is below 0, else uint8. */
const rangeOf = (zero: Nd | undefined) => (zero?.data.some(value => value < 0) ? levels(-128, 127) : levels(0, 255))

const half = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))

const quantize = (round: (x: number) => number) => (inputs: Readonly<Record<string, Nd>>, attributes: Attributes) => {
  const x = input(inputs, 'x')
  const axis = positive(attributes.number('axis', 1), x.dims.length)
  const ratio = zip(x, alongAxis(input(inputs, 'y_scale'), axis, x.dims.length), (value, scale) => value / scale)
  const zero = inputs.y_zero_point
  const moved = zero
    ? zip(map(ratio, round), alongAxis(zero, axis, x.dims.length), (value, shift) => value + shift)
    : map(ratio, round)
  return map(moved, rangeOf(zero))
}

const zeros = (dataType: 'int8' | 'uint8', ...values: readonly number[]) => ({
  dataType,
  dims: values.length > 1 ? [values.length] : [],
  values,
})

export const QuantizeLinear = defineReference({
  op: 'QuantizeLinear',
  cases: [
    {
      name: 'to uint8, some beyond its range',
      inputs: { x: [8, 10], y_scale: { scalar: 0.01 }, y_zero_point: zeros('uint8', 30) },
    },
    {
      name: 'to int8 by a scale that learns',
      inputs: { x: [8, 10], y_scale: [], y_zero_point: zeros('int8', -3) },
      positive: ['y_scale'],
    },
    {
      name: 'by one scale for each channel',
      inputs: { x: [8, 3, 4], y_scale: [3], y_zero_point: zeros('int8', -128, -127, -126) },
      positive: ['y_scale'],
    },
    {
      name: 'without a zero point, along the last axis',
      inputs: { x: [8, 3], y_scale: [3] },
      positive: ['y_scale'],
      attributes: { axis: -1 },
    },
  ],
  forward: quantize(half),
  differentiated: quantize(x => x),
})
