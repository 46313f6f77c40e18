import { defineMetric } from '../metric.ts'
import { logProbabilities } from '../probabilities.ts'

/**
 * Cross-entropy in nats, the mean over samples (not over batch means, as the original's, which weighs the samples of a
 * short last batch more).
 *
 *     loss = −(1/N) · Σ log p[label]
 */
export const crossEntropy = defineMetric({
  id: 'loss',
  description: 'Mean cross-entropy between labels and class probabilities, in nats',
  needs: ['labels', 'scores'],
  start: () => ({ sum: 0, count: 0 }),
  update: ({ sum, count }, { labels, scores, size }) => {
    const logs = new Float64Array(scores.classes)
    let total = sum
    for (const [row, label] of labels.entries()) {
      logProbabilities(scores, row, logs)
      total -= logs[label] ?? 0
    }
    return { sum: total, count: count + size }
  },
  result: ({ sum, count }) => sum / count,
})
