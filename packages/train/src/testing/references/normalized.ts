import { map, type Nd, sumOver, zip } from '../nd.ts'

/** (X − mean) / √(variance + ε) with the statistics over axes, and mean and 1 / √(variance + ε). */
export function normalized(x: Nd, axes: readonly number[], epsilon: number) {
  const meanOf = (values: Nd) => {
    const sums = sumOver(values, axes)
    return map(sums, total => total / (values.data.length / sums.data.length))
  }
  const mean = meanOf(x)
  const centred = zip(x, mean, (value, own) => value - own)
  const variance = meanOf(map(centred, value => value * value))
  const rate = map(variance, value => 1 / Math.sqrt(value + epsilon))
  return { mean, variance, rate, values: zip(centred, rate, (value, factor) => value * factor) }
}

/** A vector `[C]` as `[1, C, 1, …]`, to be broadcast to a tensor of this rank. */
export const perChannel = ({ data }: Nd, rank: number): Nd => ({
  dims: Array.from({ length: rank }, (_, axis) => (axis === 1 ? data.length : 1)),
  data,
})

/** scale·X + shift, broadcast. */
export const scaled = (x: Nd, scale: Nd, shift: Nd | undefined): Nd => {
  const product = zip(x, scale, (value, factor) => value * factor)
  return shift ? zip(product, shift, (value, added) => value + added) : product
}
