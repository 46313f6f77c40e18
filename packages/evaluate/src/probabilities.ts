import type { Scores } from './scores.ts'

/**
 * Probabilities below this count as this, as in Keras: a quantized softmax rounds them to zero, whose logarithm is
 * infinite.
 */
const leastProbability = 1e-7

/**
 * Writes the logarithms of one sample's class probabilities into `target`, in float64.
 *
 *     logits:        log p[c] = s[c] − max(s) − log Σ exp(s − max(s))
 *     probabilities: log p[c] = log max(s[c], 1e-7)
 */
export function logProbabilities({ values, classes, kind }: Scores, row: number, target: Float64Array): void {
  const start = row * classes
  if (kind === 'probabilities') {
    for (let index = 0; index < classes; index++)
      target[index] = Math.log(Math.max(values[start + index] ?? 0, leastProbability))
    return
  }
  let largest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < classes; index++) largest = Math.max(largest, values[start + index] ?? 0)
  let sum = 0
  for (let index = 0; index < classes; index++) sum += Math.exp((values[start + index] ?? 0) - largest)
  const shift = largest + Math.log(sum)
  for (let index = 0; index < classes; index++) target[index] = (values[start + index] ?? 0) - shift
}
