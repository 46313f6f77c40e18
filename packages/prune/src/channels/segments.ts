import type { Shape } from '@pare/core-graph'

/** Neighbouring axes of two shapes that hold the same elements: some of one, some of the other. */
export interface Segment {
  readonly from: readonly number[]
  readonly to: readonly number[]
  /** Whether their sizes are known to be equal; otherwise some are not known. */
  readonly known: boolean
}

/**
 * How the axes of one shape become those of another of as many elements: [N, 6, 4] → [N, 2, 3, 4] is N → N, 6 → 2·3,
 * 4 → 4. What lies between sizes that are not known is one segment.
 */
export function segmentsOf(from: Shape, to: Shape): readonly Segment[] {
  const [front, start] = matched(from, to)
  const [left, right] = [from.slice(start.from), to.slice(start.to)]
  const [mirrored, end] = matched(left.toReversed(), right.toReversed())
  const middle = { from: indices(start.from, from.length - end.from), to: indices(start.to, to.length - end.to) }
  const back = mirrored.map(({ from: a, to: b, known }) => ({
    from: a.map(axis => from.length - 1 - axis).toReversed(),
    to: b.map(axis => to.length - 1 - axis).toReversed(),
    known,
  }))
  const between = middle.from.length + middle.to.length > 0 ? [{ ...middle, known: false }] : []
  return [...front, ...between, ...back.toReversed()]
}

const indices = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => start + index)

/** Segments from the front as far as sizes are known, and where that ends. */
function matched(from: Shape, to: Shape): [Segment[], { readonly from: number; readonly to: number }] {
  const segments: Segment[] = []
  let [a, b] = [0, 0]
  while (a < from.length || b < to.length) {
    const next = segmentAt(from, to, a, b)
    if (!next) break
    segments.push(next)
    a += next.from.length
    b += next.to.length
  }
  return [segments, { from: a, to: b }]
}

function segmentAt(from: Shape, to: Shape, a: number, b: number): Segment | undefined {
  const [first, second] = [from[a], to[b]]
  if (first === second && first !== null && first !== undefined) return { from: [a], to: [b], known: true }
  if (first === 1) return { from: [a], to: [], known: true }
  if (second === 1) return { from: [], to: [b], known: true }
  let [i, j] = [a, b]
  let [left, right] = [1, 1]
  do {
    const size = left <= right && i < from.length ? from[i++] : undefined
    const other = size === undefined && j < to.length ? to[j++] : undefined
    const factor = size ?? other
    if (typeof factor !== 'number' || factor === 0) return undefined
    if (size === undefined) right *= factor
    else left *= factor
  } while (left !== right)
  return { from: indices(a, i), to: indices(b, j), known: true }
}
