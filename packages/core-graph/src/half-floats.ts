/** The number that the bits of a half float stand for (IEEE 754 binary16: 5 bits of exponent, 10 of fraction). */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of the half float nearest to a float32, ties to even; from 65520 on that is infinity. */
export function numberToHalf(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  // Below 2⁻¹⁴ a step is 2⁻²⁴; above, 13 bits of the fraction are rounded off, and the exponent's bias is 112 less.
  if (magnitude < 0x38800000) return sign | toEven(Math.abs(value) * 2 ** 24)
  return sign | ((magnitude - (112 << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13)
}

function toEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
