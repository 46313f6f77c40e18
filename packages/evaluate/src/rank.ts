import type { Scores } from './scores.ts'

/** How many classes come before this one; of equal scores the lowest class number comes first. */
export function rankOf({ values, classes }: Scores, row: number, label: number): number {
  const start = row * classes
  const own = values[start + label] ?? Number.NEGATIVE_INFINITY
  let rank = 0
  for (let index = 0; index < classes; index++) {
    const other = values[start + index] ?? Number.NEGATIVE_INFINITY
    if (other > own || (other === own && index < label)) rank++
  }
  return rank
}

/** The class with the highest score; of equal ones the lowest number. */
export function bestClass({ values, classes }: Pick<Scores, 'values' | 'classes'>, row: number): number {
  const start = row * classes
  let best = 0
  for (let index = 1; index < classes; index++)
    if ((values[start + index] ?? 0) > (values[start + best] ?? 0)) best = index
  return best
}
