import { dataTypeCode, type GraphBuilder, type Value } from '@pare/core-graph'

/**
 * Numbers, rounded up by one to two steps, 2⁻²¹ of the greatest that they begin with: a power of two, so that float32 is
 * exact. On the way they are integers, so that no gradient goes back: a scale that follows a maximum is a constant of its
 * step. And no element reaches the last level fully, where it would count as clipped and get no gradient.
 *
 *     (⌊x / step⌋ + 2) · step
 *
 * @param x numbers ≥ 0
 * @param greatest the greatest of them before the training
 */
export function roundUp(b: GraphBuilder, x: Value, greatest: number): Value {
  const step = b.scalar(2 ** (Math.ceil(Math.log2(greatest || 1)) - 21))
  const whole = b.Cast(b.Div(x, step), { to: dataTypeCode('int64') })
  return b.Mul(b.Cast(b.Add(whole, b.constant('int64', [], [2])), { to: dataTypeCode('float32') }), step)
}
