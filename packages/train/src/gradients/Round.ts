import { defineGradient } from '../gradient.ts'

/**
 * Y = round(X), taken for the identity, as QuantizeLinear's rounding is (Bengio et al. 2013, the straight-through
 * estimator): dX = dY; all [*s]. The derivative itself is 0, by which nothing could be trained.
 */
export const Round = defineGradient({
  op: 'Round',
  backward: (_b, { dY }) => ({ X: () => dY }),
})
