import { dataTypeCode, type GraphBuilder, tensorOf, type Value } from '@pare/core-graph'

/**
 * What a number ≥ 0 is rounded up to a multiple of, by the greatest that it begins with: 2⁻²⁰ of it, a power of two, so
 * that float32 is exact.
 */
export const roundUpStep = (greatest: number): number => 2 ** (Math.ceil(Math.log2(greatest || 1)) - 20)

/**
 * Numbers, rounded up by one to two steps. On the way they are integers, so that no gradient goes back: a scale that
 * follows a maximum is a constant of its step. And no element reaches the last level fully, where it would count as
 * clipped and get no gradient.
 *
 *     (⌊x / step⌋ + 2) · step
 */
export function roundUp(b: GraphBuilder, x: Value, steps: Float32Array): Value {
  const step =
    x.shape?.length === 0
      ? b.scalar(steps[0] ?? 1)
      : b.initializer(`${x.name}/step`, tensorOf('float32', [steps.length], steps))
  const whole = b.Cast(b.Div(x, step), { to: dataTypeCode('int64') })
  return b.Mul(b.Cast(b.Add(whole, b.constant('int64', [], [2])), { to: dataTypeCode('float32') }), step)
}
