import { ModelError } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { numbersOf } from '../shapes.ts'
import { maskOf } from './mask.ts'

/** d data = d output; in training form d output · mask / (1 − ratio), by the mask that the node gives */
export const Dropout = defineGradient({
  op: 'Dropout',
  backward: (b, { data, ratio, training_mode, mask, doutput }) => ({
    data: () => {
      const isTraining = training_mode !== undefined && numbersOf(training_mode)[0] !== 0
      if (!isTraining) return doutput
      if (!mask)
        throw new ModelError({
          code: 'MODEL_GRADIENT',
          message: `A Dropout of ${data.name} in training form has no output mask, so that it has no gradient.`,
          hint: 'Give it its second output, or take its input training_mode away.',
        })
      const rate = (ratio && numbersOf(ratio)[0]) ?? 0.5
      return b.Mul(b.Mul(doutput, maskOf(b, mask, doutput)), b.scalar(1 / (1 - rate), doutput.dataType))
    },
  }),
})
