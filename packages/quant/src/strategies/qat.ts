import { defineStrategy } from '@pare/core-graph'
import { keptNotes } from '../kept-notes.ts'
import { prepareQat } from '../qat/prepare-qat.ts'
import { qatOptions } from '../qat/qat-options.ts'
import { requiredCalibration } from '../required-calibration.ts'

/** simplify → plan → calibrate → round in float32 while training → insert Q/DQ */
export const qat = defineStrategy({
  id: 'quant.qat',
  description: 'Quantize to int8 while training: the model learns with the rounding that its quantized form will have.',
  options: qatOptions,
  needs: ['calibration'],
  prepare: async (graph, options, { executor, calibration, target, seed, progress, signal, note }) => {
    const result = await prepareQat(
      graph,
      {
        executor,
        calibration: requiredCalibration('quant.qat', calibration),
        seed,
        progress,
        signal,
        ...(target && { target }),
      },
      options,
    )
    const { kept, notes, quantized } = result.details
    if (quantized.length === 0) note('Nothing is quantized: the list of what stays float says why.')
    for (const text of [...keptNotes(kept), ...notes]) note(text)
    return result
  },
})
