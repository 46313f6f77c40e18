import { type Tensor, tensorElements, tensorOf } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantizeBias, quantizeWeights, raiseForBias, weightScales } from './quantize-weights.ts'

const levelsOf = (tensor: Tensor) => Array.from(tensorElements(tensor) as Int8Array)

test('each output channel reaches ±127 by its own scale', () => {
  const weights = tensorOf('float32', [2, 3], [0.5, -1, 0.25, 10, 0, -5])
  const scales = weightScales(weights, 0)
  expect([...scales]).toEqual([1 / 127, 10 / 127].map(Math.fround))
  expect(levelsOf(quantizeWeights(weights, 0, scales))).toEqual([64, -127, 32, 127, 0, -64])
})

test('along the last axis, and over the whole tensor', () => {
  const weights = tensorOf('float32', [2, 2], [1, 4, -2, 3])
  expect(levelsOf(quantizeWeights(weights, 1, weightScales(weights, 1)))).toEqual([64, 127, -127, 95])
  expect([...weightScales(weights, undefined)]).toEqual([Math.fround(4 / 127)])
})

test('law: every weight comes back to within half a step of its channel, zero exactly, and −128 is not used', () => {
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })
  fc.assert(
    fc.property(fc.array(finite, { minLength: 12, maxLength: 12 }), fc.constantFrom(0, 1, 2), (values, axis) => {
      const dims = [2, 3, 2]
      const weights = tensorOf('float32', dims, values)
      const scales = weightScales(weights, axis)
      const strides = [6, 2, 1]
      for (const [index, level] of levelsOf(quantizeWeights(weights, axis, scales)).entries()) {
        const scale = scales[Math.floor(index / (strides[axis] ?? 1)) % (dims[axis] ?? 1)] ?? 0
        expect(level).toBeGreaterThanOrEqual(-127)
        expect(Math.abs(level * scale - (values[index] ?? 0))).toBeLessThanOrEqual(scale * 0.5001)
      }
    }),
  )
})

test('a channel of zeros takes the scale of its neighbours, a tensor of zeros 1', () => {
  expect([...weightScales(tensorOf('float32', [2, 1], [0, 254]), 0)]).toEqual([2, 2])
  expect([...weightScales(tensorOf('float32', [2, 1], [0, 0]), 0)]).toEqual([1, 1])
})

test('a bias is a multiple of the product of both scales', () => {
  const { levels, scales } = quantizeBias(tensorOf('float32', [2], [0.5, -3]), 0.5, Float32Array.of(0.25, 0.5))
  expect([...scales]).toEqual([0.125, 0.25])
  expect(levelsOf(levels)).toEqual([4, -12])
})

test('a bias that would overflow int32 raises the scale of its channel, and of no other', () => {
  const scales = Float32Array.of(1e-15, 0.01)
  const bias = tensorOf('float32', [2], [2, 2])
  const raised = raiseForBias(scales, 0.02, bias)
  expect(raised[1]).toBe(scales[1])
  const { levels, scales: products } = quantizeBias(bias, 0.02, raised)
  expect((levelsOf(levels)[0] ?? 0) * (products[0] ?? 0)).toBeCloseTo(2, 4)
  expect(levelsOf(levels)[0]).toBeLessThanOrEqual(2 ** 30 + 128)
})
