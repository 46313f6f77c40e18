import { type Range, rangeOf, unionOf } from '../../affine.ts'
import { defineCause } from '../cause.ts'
import { figure, rangeText, widthOf } from '../figures.ts'

/** The quantized range is so many times as wide as what nearly all elements need: two bits are lost, or more. */
const tooWide = 4

/** rangeOf(affine) ≫ bulk: few far values, in the samples or only in those of the calibration, take the levels of all others */
export const longTailedActivation = defineCause({
  id: 'long-tailed-activation',
  title: 'a range that a few far values have widened',
  inLayer: ({ node, data, outputs, affine, together, range, bulk }) => {
    const found = [...data, ...outputs].flatMap(value => {
      const mapped = affine(value)
      // A range that another value of the same scale needs is no tail.
      const all = spanOf(together(value).map(range))
      const most = spanOf(together(value).map(bulk))
      if (!mapped || widthOf(most) === 0) return []
      const held = rangeOf(mapped)
      return [{ value, held, all, most, times: widthOf(held) / widthOf(most) }]
    })
    const [worst] = found.sort((a, b) => b.times - a.times)
    if (!worst || worst.times < tooWide) return undefined
    const { value, held, all, most, times } = worst
    const isForeign = widthOf(held) > 2 * widthOf(all)
    return {
      evidence: `int8 spreads its 256 levels over ${rangeText(held)} for ${value} at ${node.name}, but 99.9 % of its values lie within ${rangeText(most)}: about ${Math.max(1, Math.round(256 / times))} of them are used.${
        isForeign
          ? ` No sample here goes beyond ${rangeText(all)}: the calibration data held values of another kind.`
          : ''
      }`,
      figures: { value, times: Number(figure(times)), low: held.low, high: held.high },
      changes: [
        'mean-squared-error' as const,
        { percentile: { percentile: 99.9 } },
        { percentile: { percentile: 99.99 } },
      ].map(observer => ({ 'quant.static': { observer } })),
      advice: isForeign
        ? 'Look for broken or unusual samples in the calibration data, or choose an observer that cuts far values off.'
        : 'Choose an observer that cuts far values off.',
    }
  },
})

/** What holds all ranges, and zero. */
const spanOf = (ranges: readonly (Range | undefined)[]): Range =>
  unionOf([{ low: 0, high: 0 }, ...ranges.filter(range => range !== undefined)])
