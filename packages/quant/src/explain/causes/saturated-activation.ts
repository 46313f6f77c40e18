import { rangeOf } from '../../affine.ts'
import { defineCause } from '../cause.ts'
import { rangeText, widthOf, withZero } from '../figures.ts'

/** What 99.9 % of the elements need may pass the range by this share of its width: what rounding does to its ends. */
const slack = 0.05

/** bulk ⊄ rangeOf(affine): values that are not rare are cut off */
export const saturatedActivation = defineCause({
  id: 'saturated-activation',
  title: 'a range too narrow for the values',
  inLayer: ({ node, data, outputs, affine, bulk }) => {
    for (const value of [...data, ...outputs]) {
      const [mapped, most] = [affine(value), bulk(value)]
      if (!mapped || !most) continue
      const [held, needed] = [rangeOf(mapped), withZero(most)]
      const beyond = Math.max(held.low - needed.low, needed.high - held.high)
      if (beyond <= slack * widthOf(held)) continue
      return {
        evidence: `int8 holds ${rangeText(held)} for ${value} at ${node.name}, but the values of the samples go from ${rangeText(needed)}, even without the outermost 0.1 %: what lies beyond is cut off.`,
        figures: { value, low: held.low, high: held.high, beyond },
        changes: [{ 'quant.static': { observer: 'min-max' } }],
        advice: 'Calibrate on samples that are typical, with an observer that cuts off nothing.',
      }
    }
    return undefined
  },
})
