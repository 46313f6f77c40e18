import { ModelError, type Value } from '@pare/core-graph'
import { dimensionsOf } from '../shapes.ts'

/** The last two axes of a stack of matrices. @throws ModelError `MODEL_GRADIENT` for a vector */
export function matrix(value: Value): readonly [rows: number, columns: number] {
  const rank = dimensionsOf(value).length
  if (rank >= 2) return [rank - 2, rank - 1]
  throw new ModelError({
    code: 'MODEL_GRADIENT',
    message: `${value.name} has ${rank} axes; the gradient of MatMul takes matrices.`,
    hint: 'Give it a second axis of size 1.',
  })
}
