import { defineMetric } from '../metric.ts'
import { bestClass } from '../rank.ts'

/** The details of `classAccuracy`. */
export interface ClassAccuracy {
  /** `confusion[label][predicted]`: number of samples. */
  readonly confusion: readonly (readonly number[])[]
  /** Share of each class's samples that are recognized; null for a class without samples. */
  readonly accuracies: readonly (number | null)[]
}

/** Top-1 accuracy of each class, and its mean over the classes that have samples; the confusion matrix as details. */
export const classAccuracy = defineMetric({
  id: 'classAccuracy',
  description: 'Top-1 accuracy as the mean over classes, each counting the same',
  needs: ['labels', 'scores'],
  start: (): readonly (readonly number[])[] => [],
  update: (confusion, { labels, scores }) => {
    const { classes } = scores
    const next = Array.from({ length: classes }, (_, label) => [
      ...(confusion[label] ?? Array<number>(classes).fill(0)),
    ])
    for (const [row, label] of labels.entries()) {
      const counts = next[label]
      const predicted = bestClass(scores, row)
      if (counts) counts[predicted] = (counts[predicted] ?? 0) + 1
    }
    return next
  },
  result: confusion => {
    const accuracies = accuraciesOf(confusion).filter(accuracy => accuracy !== null)
    return accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length
  },
  details: (confusion): ClassAccuracy => ({ confusion, accuracies: accuraciesOf(confusion) }),
})

function accuraciesOf(confusion: readonly (readonly number[])[]): (number | null)[] {
  return confusion.map((counts, label) => {
    const total = counts.reduce((sum, count) => sum + count, 0)
    return total === 0 ? null : (counts[label] ?? 0) / total
  })
}
