import {
  type ActivationType,
  type Affine,
  clamp,
  type Range,
  roundedDown,
  roundHalfToEven,
  smallestScale,
} from '../affine.ts'

/** The integers that stand for activations: all of their type, or fewer where they have fewer bits. */
export interface Levels {
  readonly dataType: ActivationType['dataType']
  readonly symmetric: boolean
  readonly least: number
  readonly most: number
}

/** The levels of so many bits: 0 … 2ᵇ − 1 as uint8, −2ᵇ⁻¹ … 2ᵇ⁻¹ − 1 as int8. */
export function levelsOf({ dataType, symmetric }: ActivationType, bits: number): Levels {
  const least = dataType === 'uint8' ? 0 : -(2 ** (bits - 1))
  return { dataType, symmetric, least, most: least + 2 ** bits - 1 }
}

/** The level of zero where it is in the middle. */
export const middleOf = ({ least, most }: Levels): number => (least + most + 1) / 2

/** Steps that the whole range has; of symmetric levels, those from zero to the greater of its ends. */
export const stepsOf = (levels: Levels): number =>
  levels.symmetric ? levels.most - middleOf(levels) : levels.most - levels.least

/** The scale and the zero point of a range that holds zero, as `affineOf` has them for 8 bits. */
export function affineOfLevels({ low, high }: Range, levels: Levels): Affine {
  const { dataType, symmetric, least } = levels
  const reach = symmetric ? Math.max(-low, high) : high - low
  const scale = reach > 0 ? roundedDown(Math.max(reach / stepsOf(levels), smallestScale)) : 1
  const zeroPoint = symmetric ? middleOf(levels) : least + clamp(roundHalfToEven(-low / scale), 0, stepsOf(levels))
  return { dataType, scale, zeroPoint }
}

/** What is clipped before it is quantized, where the levels are not all of their type. */
export function clipOf(levels: Levels, { scale, zeroPoint }: Affine): Range | undefined {
  if (levels.most - levels.least === 255) return undefined
  return {
    low: Math.fround((levels.least - zeroPoint) * scale),
    high: Math.fround((levels.most - zeroPoint) * scale),
  }
}
