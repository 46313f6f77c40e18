import { rangeOf } from '../../affine.ts'
import { defineCause } from '../cause.ts'
import { rangeText, widthOf } from '../figures.ts'

/** The samples are so many times as wide as what int8 holds of the input. */
const different = 4

/** The samples are not what the model learned from (evaluate's `checkInputs`), or not what it was calibrated on */
export const inputStatistics = defineCause({
  id: 'input-statistics',
  title: 'samples that are not what the model takes',
  inModel: ({ warnings, inputs, withInput, before }) => {
    const misfit = inputs.flatMap(({ name, range, affine }) => {
      const held = affine && rangeOf(affine)
      const times = held ? widthOf(range) / widthOf(held) : 1
      return held && times > different ? [{ name, range, held }] : []
    })
    const [worst] = misfit
    if (warnings.length === 0 && !worst) return undefined
    const calibrated = worst
      ? `The values of the samples go from ${rangeText(worst.range)} (input ${worst.name}), but the int8 model was calibrated for ${rangeText(worst.held)}.`
      : ''
    return {
      evidence: [...warnings, calibrated].filter(Boolean).join(' '),
      figures: worst ? { input: worst.name, low: worst.range.low, high: worst.range.high } : {},
      changes: [{ data: { preprocess: { range: worst ? [round(worst.held.low), round(worst.held.high)] : [0, 1] } } }],
      advice:
        'Look at the preprocessing first: range, mean and std must be those of the training, for calibration and use alike.',
      ...(worst && {
        experiment: async () => ({ before, after: await withInput(worst.name, worst.range, worst.held) }),
      }),
    }
  },
})

const round = (value: number) => Number(value.toPrecision(3))
