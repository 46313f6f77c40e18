import { defineImportance, samplingOptions } from '../importance.ts'

/**
 * I[c] = |Σ w·∂L/∂w| over the weights that make channel c: by how much the loss of a batch changes, to first order, when
 * they become zero (Molchanov et al. 2019, "Importance Estimation for Neural Network Pruning"). The mean over batches.
 */
export const taylor = defineImportance({
  id: 'taylor',
  description: 'How much the loss on training data would change without the weights of the channel, to first order.',
  options: samplingOptions,
  looksAt: 'gradients',
  needs: ['train'],
  score: ({ values, gradients }) =>
    values.map((row, channel) => {
      const slopes = gradients[channel]
      return Math.abs(row.reduce((sum, weight, place) => sum + weight * (slopes?.[place] ?? 0), 0))
    }),
})
