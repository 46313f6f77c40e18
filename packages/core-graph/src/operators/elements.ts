import type { Dimension } from '../graph.ts'
import type { Inferred } from '../operator.ts'

/** Integer tensors of up to so many elements are followed through the graph: shapes, axes, pads. */
export const followedElements = 64

/** The elements of a vector or number; as many nulls where only their count is known. */
export function elementsOf({ elements, shape }: Inferred): readonly Dimension[] | undefined {
  if (elements || shape === undefined || shape.length > 1) return elements
  const [count = 1] = shape
  return typeof count === 'number' && count <= followedElements ? Array<Dimension>(count).fill(null) : undefined
}

/** Elements of vectors or numbers combined one by one; a single element stands for as many as the others have. */
export function combineElements(
  values: readonly Inferred[],
  combine: (...elements: readonly Dimension[]) => Dimension,
): readonly Dimension[] | undefined {
  const lists = values.map(({ elements }) => elements)
  if (!lists.every(list => list !== undefined)) return undefined
  const count = lists.find(list => list.length !== 1)?.length ?? 1
  return Array.from({ length: count }, (_, index) =>
    combine(...lists.map(list => list[list.length === 1 ? 0 : index] ?? null)),
  )
}
