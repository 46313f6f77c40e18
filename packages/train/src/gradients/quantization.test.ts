import { createBuilder, type GraphBuilder, type Value } from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { gradients } from '../autodiff.ts'
import type { GradientOptions } from '../gradient.ts'
import { runOnce } from '../testing/differentiate-case.ts'

/** With a scale of 1/4 some lie within half a level of the ends of int8 and uint8, inside or beyond. */
const x = Float32Array.of(-32.1, -1.3, -0.2, 0.4, 31.6, 31.9, 63.6, 63.9)
const projection = [1, -2, 3, 0.5, -1, 2, 4, -3]

/** Gradients of L = Σ P·y, y the quantized x; to x and to the scale. */
async function gradientsOf(
  scale: readonly number[],
  quantized: (b: GraphBuilder, x: Value, scale: Value) => Value,
  options?: Partial<GradientOptions>,
) {
  const b = createBuilder('quantized')
  const given = b.input('x', 'float32', [8])
  const y = quantized(b, given, b.input('scale', 'float32', scale.length > 1 ? [scale.length] : []))
  const loss = b.ReduceSum(b.Mul(y, b.constant('float32', [8], projection)), undefined, { keepdims: 0 })
  b.output(loss)
  const { graph, gradients: names } = gradients(b.build(), loss.name, ['x', 'scale'], options)
  const whole = createBuilder(graph)
  for (const name of names.values()) whole.output(whole.value(name))
  const outputs = await runOnce(whole.build(), {
    x: { dataType: 'float32', dims: [8], data: x },
    scale: { dataType: 'float32', dims: scale.length > 1 ? [scale.length] : [], data: Float32Array.from(scale) },
  })
  const of = (name: string) => Array.from(outputs[names.get(name) ?? '']?.data ?? [], Number)
  return { dx: of('x'), dScale: of('scale') }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const near = (values: readonly number[]) => values.map(value => expect.closeTo(value, 3))

const toInt8 = (b: GraphBuilder, value: Value, scale: Value) =>
  b.DequantizeLinear(b.QuantizeLinear(value, scale, b.constant('int8', [], [0])), scale, b.constant('int8', [], [0]))

describe('QuantizeLinear and DequantizeLinear of one scale', () => {
  const scale = 0.25
  const ratios = Array.from(x, value => value / scale)

  it('are learned step size quantization (Esser et al. 2020, equations 3 and 5)', async () => {
    const inside = ratios.map(ratio => Number(-128 < ratio && ratio < 127))
    expect(inside).toEqual([0, 1, 1, 1, 1, 0, 0, 0])
    const dScale = ratios.map((ratio, place) => (inside[place] ? Math.round(ratio) - ratio : ratio < 0 ? -128 : 127))
    const { dx, dScale: actual } = await gradientsOf([scale], toInt8)
    expect(dx).toEqual(projection.map((factor, place) => factor * (inside[place] ?? 0)))
    expect(actual).toEqual(near([sum(dScale.map((value, place) => value * (projection[place] ?? 0)))]))
  })

  it('pass every gradient on without the range mask', async () => {
    const levels = ratios.map(ratio => Math.min(127, Math.max(-128, Math.round(ratio))))
    const { dx, dScale } = await gradientsOf([scale], toInt8, { rangeMask: false })
    expect(dx).toEqual(projection)
    expect(dScale).toEqual(
      near([sum(ratios.map((ratio, place) => ((levels[place] ?? 0) - ratio) * (projection[place] ?? 0)))]),
    )
  })

  it.each([
    { type: 'uint8', output_dtype: 2, low: 0, high: 255 },
    { type: 'int4', output_dtype: 22, low: -8, high: 7 },
  ])('know the range of $type', async ({ output_dtype, low, high }) => {
    const inside = ratios.map(ratio => Number(low < ratio && ratio < high))
    const { dx } = await gradientsOf([scale], (b, value, step) =>
      b.DequantizeLinear(b.QuantizeLinear(value, step, undefined, { output_dtype }), step),
    )
    expect(dx).toEqual(projection.map((factor, place) => factor * (inside[place] ?? 0)))
  })
})

describe('levels on their way from QuantizeLinear to DequantizeLinear', () => {
  it('carry a gradient through what moves them about', async () => {
    const { dx } = await gradientsOf([0.25, 0.5], (b, value, scale) => {
      const zero = b.constant('int8', [2], [0, 0])
      // onnxruntime 1.30 aborts the process at a Transpose of levels that leaves its permutation to the default.
      const turn = (matrix: Value) => b.Transpose(matrix, { perm: [1, 0] })
      const levels = b.QuantizeLinear(b.Reshape(value, b.ints(2, 4)), scale, zero, { axis: 0 })
      const turned = b.Concat([turn(levels), turn(levels)], { axis: 0 })
      const halves = b.Slice(turned, b.ints(0), b.ints(4), b.ints(0))
      return b.Reshape(turn(b.DequantizeLinear(halves, scale, zero, { axis: 1 })), b.ints(8))
    })
    // The second half has twice the scale: 31.9 is inside then.
    expect(dx).toEqual([0, -2, 3, 0.5, -1, 2, 0, -0])
  })

  it('do not where they become other integers', () => {
    const b = createBuilder('counted')
    const given = b.input('x', 'float32', [8])
    const levels = b.QuantizeLinear(given, b.scalar(1), b.constant('int8', [], [0]))
    const loss = b.ReduceSum(b.Cast(b.Cast(levels, { to: 7 }), { to: 1 }), undefined, { keepdims: 0 })
    b.output(loss)
    expect(() => gradients(b.build(), loss.name, ['x'])).toThrow('The loss does not depend on x')
  })
})
