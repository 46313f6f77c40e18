import { type Inferred, typed } from '../operator.ts'

/** What two values that may stand at one place have in common; undefined where not even the type. */
export function either(a: Inferred | undefined, b: Inferred | undefined): Inferred | undefined {
  if (!a || !b || a.dataType !== b.dataType) return undefined
  const isOneRank = a.shape && a.shape.length === b.shape?.length
  return typed(
    a.dataType,
    isOneRank ? a.shape?.map((size, axis) => (size === b.shape?.[axis] ? size : null)) : undefined,
  )
}
