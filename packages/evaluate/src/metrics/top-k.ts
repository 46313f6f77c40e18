import { defineMetric } from '../metric.ts'
import { rankOf } from '../rank.ts'

/**
 * Top-k accuracy: the share of samples whose class is among the k with the highest scores; of equal scores the lowest
 * class numbers come first. 1 where k is at least the number of classes.
 *
 *     top-k = (1/N) · Σ [rank(label) < k]
 */
export const topK = (k: number) =>
  defineMetric({
    id: `top${k}`,
    description: `Share of samples whose class is among the ${k} with the highest scores`,
    needs: ['labels', 'scores'],
    start: () => ({ hits: 0, count: 0 }),
    update: ({ hits, count }, { labels, scores, size }) => {
      let more = 0
      for (const [row, label] of labels.entries()) if (rankOf(scores, row, label) < k) more++
      return { hits: hits + more, count: count + size }
    },
    result: ({ hits, count }) => hits / count,
  })
