import { defineImportance, samplingOptions } from '../importance.ts'

/** I[c] = 1 − share of zeros of channel c behind its Relu (Hu et al. 2016, "Network Trimming", average percentage of zeros) */
export const zeros = defineImportance({
  id: 'zeros',
  description: 'How often the channel is not zero behind its Relu, on calibration data.',
  options: samplingOptions,
  looksAt: 'activations',
  needs: ['calibration'],
  score: ({ values }) => values.map(([share = 0]) => 1 - share),
})
