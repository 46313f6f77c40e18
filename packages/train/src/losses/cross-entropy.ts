import { checkSameShape, defineLoss } from '../loss.ts'

/**
 * L = −1/N Σₙ Σₖ tₙₖ·log softmax(logits)ₙₖ. The targets t are shares of the classes, which sum to 1: one-hot, smoothed
 * (Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7) or mixed. logits, targets:[N,K] → []
 */
export const crossEntropy = defineLoss({
  id: 'cross-entropy',
  description: 'How unlikely the model finds the classes of the samples',
  inputs: { logits: 'output', targets: 'targets' },
  logits: ['logits'],
  options: {},
  build: (ops, { logits, targets }) => {
    checkSameShape(logits, targets)
    return ops.neg(ops.mean(ops.sum(ops.mul(ops.logSoftmax(logits), targets), [-1])))
  },
})
