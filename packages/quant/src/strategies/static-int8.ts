import { defineStrategy } from '@pare/core-graph'
import { keptNotes } from '../kept-notes.ts'
import { quantizeStatic } from '../quantize-static.ts'
import { requiredCalibration } from '../required-calibration.ts'
import { staticOptions } from '../static-options.ts'

/** simplify → plan → calibrate → insert Q/DQ; one shot, without training */
export const staticInt8 = defineStrategy({
  id: 'quant.static',
  description: 'Quantize to int8 after training: weights per channel, activations by their ranges on calibration data.',
  options: staticOptions,
  needs: ({ maxDrop }) => (maxDrop === undefined ? ['calibration'] : ['calibration', 'evaluate']),
  prepare: async (graph, options, { executor, calibration, evaluate, target, seed, progress, signal, note }) => {
    const result = await quantizeStatic(
      graph,
      {
        executor,
        calibration: requiredCalibration('quant.static', calibration),
        seed,
        progress,
        signal,
        ...(target && { target }),
        ...(evaluate && { evaluate }),
      },
      options,
    )
    const { kept, notes, quantized } = result.details
    if (quantized.length === 0) note('Nothing was quantized: the list of what stays float says why.')
    for (const text of [...keptNotes(kept), ...notes]) note(text)
    return result
  },
})
