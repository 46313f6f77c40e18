/** The smallest and the greatest real number of a tensor that its quantized form is to hold. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** How activations are stored. */
export interface ActivationType {
  readonly dataType: 'uint8' | 'int8'
  /** The zero point in the middle of the type: 128 for uint8, 0 for int8. */
  readonly symmetric: boolean
}

/** x ≈ (q − zeroPoint) · scale (ONNX QuantizeLinear, DequantizeLinear). */
export interface Affine {
  readonly dataType: 'uint8' | 'int8'
  /** A float32 number. */
  readonly scale: number
  readonly zeroPoint: number
}

/** Below it the product of an activation's and a weight's scale, the bias's scale, would be denormal in float32. */
export const smallestScale = 2 ** -60

const lowest = { uint8: 0, int8: -128 } as const

/**
 * The scale and zero point for a range, which is first widened to hold zero, so that zero is exact.
 * Asymmetric: the type's 256 steps span the range. Symmetric: ±127 steps reach the greater of both ends.
 * A range of nothing but zero gets scale 1.
 */
export function affineOf(range: Range, { dataType, symmetric }: ActivationType): Affine {
  const low = Math.min(range.low, 0)
  const high = Math.max(range.high, 0)
  const least = lowest[dataType]
  const reach = symmetric ? Math.max(-low, high) / 127 : (high - low) / 255
  if (reach === 0) return { dataType, scale: 1, zeroPoint: symmetric ? least + 128 : least }
  const scale = roundedDown(Math.max(reach, smallestScale))
  const zeroPoint = symmetric ? least + 128 : least + clamp(roundHalfToEven(-low / scale), 0, 255)
  return { dataType, scale, zeroPoint }
}

/** The range that an affine type holds. */
export function rangeOf({ dataType, scale, zeroPoint }: Affine): Range {
  const least = lowest[dataType]
  return { low: (least - zeroPoint) * scale, high: (least + 255 - zeroPoint) * scale }
}

/** q = saturate(round(x / scale) + zeroPoint), rounding half to even (ONNX QuantizeLinear). */
export function quantize(value: number, { dataType, scale, zeroPoint }: Affine): number {
  const least = lowest[dataType]
  return clamp(roundHalfToEven(Math.fround(value / scale)) + zeroPoint, least, least + 255)
}

/** (q − zeroPoint) · scale (ONNX DequantizeLinear). */
export const dequantize = (level: number, { scale, zeroPoint }: Affine): number =>
  Math.fround((level - zeroPoint) * scale)

/** Added to a number below 2⁵¹, it leaves no room for a fraction: IEEE 754 then rounds, a tie to the even integer. */
const withoutFraction = 1.5 * 2 ** 52

/** The nearest integer, a tie to the even one, as ONNX rounds; |value| is less than 2⁵¹, or an integer. */
export const roundHalfToEven = (value: number): number =>
  Math.abs(value) < 2 ** 51 ? value + withoutFraction - withoutFraction : value

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** The smallest range that holds all of the given ones. */
export const unionOf = (ranges: readonly Range[]): Range => ({
  low: Math.min(...ranges.map(range => range.low)),
  high: Math.max(...ranges.map(range => range.high)),
})

/**
 * The greatest float32 that is not above the number: a Clip before a QuantizeLinear is dropped by runtimes only where the
 * quantized range does not reach beyond the Clip's, so a scale must not be rounded up.
 */
export function roundedDown(value: number): number {
  const nearest = Math.fround(value)
  return nearest > value ? Math.fround(value * (1 - 2 ** -24)) : nearest
}
