import type { Range } from '../affine.ts'

export const widthOf = ({ low, high }: Range): number => high - low

/** With zero in it, as quantized ranges are. */
export const withZero = ({ low, high }: Range): Range => ({ low: Math.min(0, low), high: Math.max(0, high) })

/** A number as it is read in a sentence. */
export const figure = (value: number): string => String(Number(value.toPrecision(3)))

export const rangeText = ({ low, high }: Range): string => `${figure(low)} to ${figure(high)}`

const median = (values: Iterable<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

/** The place of the greatest number, and how many times it is the median one. */
export function outlier(values: ArrayLike<number>): { readonly place: number; readonly times: number } {
  const all = Array.from(values)
  const place = all.indexOf(Math.max(...all))
  const middle = median(all.filter(value => value > 0))
  return { place, times: middle > 0 ? (all[place] ?? 0) / middle : 1 }
}
