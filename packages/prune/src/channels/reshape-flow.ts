import type { Dimension, Shape } from '@pare/core-graph'
import type { Flow } from './flow.ts'
import type { AxisLabels, FlowValue, Labels } from './labels.ts'
import { type Segment, segmentsOf } from './segments.ts'

/**
 * The labels of a value whose elements, in their order, get another shape. Channels of merged axes repeat, or are
 * repeated: those of [C, H, W] → [C·H·W] have H·W places each. A split axis gives its channels to one of its parts, all
 * others of which go together: [H·D] → [H, D] keeps the D dimensions of a head, each cut from all H heads, or the heads,
 * if that leaves more.
 */
export function reshapeFlow(data: FlowValue, to: Shape, flow: Flow): AxisLabels {
  const labels: (Labels | undefined)[] = to.map(() => undefined)
  for (const segment of segmentsOf(data.shape, to)) {
    const result = segment.known ? knownFlow(data, to, segment, flow) : unknownFlow(data, to, segment, flow)
    if (result) labels[result.axis] = result.labels
  }
  return labels
}

interface Labelled {
  readonly axis: number
  readonly labels: Labels
}

const product = (sizes: readonly (Dimension | undefined)[]) =>
  sizes.reduce<number>((total, size) => total * Number(size), 1)

function knownFlow(data: FlowValue, to: Shape, { from, to: axes }: Segment, flow: Flow): Labelled | undefined {
  const labelled = from.flatMap(axis => {
    const labels = data.axis(axis)
    return labels ? [{ axis, labels }] : []
  })
  const [only, ...more] = labelled
  if (!only) return undefined
  if (more.length > 0) {
    for (const { labels } of labelled) flow.pin(labels, `${flow.node.name} (${flow.node.op}) merges them with others`)
    return undefined
  }
  const [first] = axes
  if (from.length === 1 && axes.length === 1 && first !== undefined) return { axis: first, labels: only.labels }
  const size = only.labels.atoms.length
  const inner = product(data.shape.slice(only.axis + 1, (from.at(-1) ?? 0) + 1))
  const merged = flow.spread(only.labels, product(axes.map(axis => to[axis])), p => Math.floor(p / inner) % size)
  return merged && split(merged, to, axes, flow)
}

/** The part of a split axis that leaves the most channels, the last of equals. */
function split(labels: Labels, to: Shape, axes: readonly number[], flow: Flow): Labelled | undefined {
  const parts = axes
    .filter(axis => to[axis] !== 1)
    .map(axis => {
      const size = Number(to[axis])
      const inner = product(axes.filter(other => other > axis).map(other => to[other]))
      return { axis, size, keyOf: (place: number) => Math.floor(place / inner) % size }
    })
  const [only] = parts
  const best =
    parts.length === 1
      ? only
      : parts.toReversed().reduce((a, b) => (channelsLeft(labels, b, flow) > channelsLeft(labels, a, flow) ? b : a))
  const folded = best && flow.fold(labels, best.size, best.keyOf)
  return best && folded && { axis: best.axis, labels: folded }
}

interface Part {
  readonly axis: number
  readonly size: number
  readonly keyOf: (place: number) => number
}

/** How many channels there would be if all places of one key went together. */
function channelsLeft(labels: Labels, { size, keyOf }: Part, flow: Flow): number {
  const roots = flow.rootsOf(labels)
  const keyOfRoot = new Map<number, number>()
  const parents = Array.from({ length: size }, (_, key) => key)
  const find = (key: number): number => {
    const parent = parents[key] ?? key
    return parent === key ? key : find(parent)
  }
  for (const [place, root] of roots.entries()) {
    const key = find(keyOf(place))
    const other = find(keyOfRoot.get(root) ?? key)
    parents[other] = key
    keyOfRoot.set(root, key)
  }
  return parents.filter((parent, key) => parent === key).length
}

/**
 * Where leading sizes are not known, the last axes still say how elements lie, if one is a multiple of the other:
 * [N, H·D] → [N·H, D].
 */
function unknownFlow(data: FlowValue, to: Shape, { from, to: axes }: Segment, flow: Flow): Labelled | undefined {
  const [last, axis] = [from.at(-1), axes.at(-1)]
  if (last === undefined || axis === undefined) return undefined
  const [size, wanted] = [data.shape[last], to[axis]]
  if (typeof size !== 'number' || typeof wanted !== 'number' || size === 0 || wanted === 0) return undefined
  if (size % wanted !== 0 && wanted % size !== 0) return undefined
  const labels = data.axis(last)
  const result =
    size % wanted === 0
      ? flow.fold(labels, wanted, place => place % wanted)
      : flow.spread(labels, wanted, place => place % size)
  return result && { axis, labels: result }
}

/**
 * What Reshape's shape must say to make `after` of `from`; undefined where two sizes are not known.
 * @param segments between the shapes of the value before and after, which say what may be copied by a 0
 */
export function shapeNumbers(from: Shape, after: Shape): readonly number[] | undefined {
  const copied = new Set(
    segmentsOf(from, after).flatMap(({ from: [a, ...more], to: [b, ...others], known }) =>
      known && a === b && a !== undefined && more.length + others.length === 0 ? [a] : [],
    ),
  )
  const numbers = after.map((size, axis) => (typeof size === 'number' ? size : copied.has(axis) ? 0 : -1))
  return numbers.filter(number => number === -1).length > 1 ? undefined : numbers
}
