import type { Dimension, Shape } from '@pare/core-graph'
import type { Flow } from './flow.ts'
import type { AxisLabels, FlowValue, Labels } from './labels.ts'
import { type Segment, segmentsOf } from './segments.ts'

/**
 * The labels of a value whose elements, in their order, get another shape. Channels of merged axes repeat, or are
 * repeated: those of [C, H, W] → [C·H·W] have H·W places each. A split axis gives its channels to one of its parts, and
 * they go together along the others: [H·D] → [H, D] has the D dimensions of a head, each cut from all H heads.
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

/** A split axis by one of its parts: the last that joins no channels with others, or else the last. */
function split(labels: Labels, to: Shape, axes: readonly number[], flow: Flow): Labelled | undefined {
  const parts = axes
    .filter(axis => to[axis] !== 1)
    .map((axis): Part => {
      const size = Number(to[axis])
      const inner = product(axes.filter(other => other > axis).map(other => to[other]))
      return { axis, size, keyOf: place => Math.floor(place / inner) % size }
    })
  const part = parts.findLast(candidate => joinsNothing(labels, candidate, flow)) ?? parts.at(-1)
  const folded = part && flow.fold(labels, part.size, part.keyOf)
  return part && folded && { axis: part.axis, labels: folded }
}

interface Part {
  readonly axis: number
  readonly size: number
  readonly keyOf: (place: number) => number
}

/** Whether the places of each key are one channel already. */
function joinsNothing(labels: Labels, { size, keyOf }: Part, flow: Flow): boolean {
  const roots = flow.rootsOf(labels)
  const ofKey = Array<number | undefined>(size).fill(undefined)
  for (const [place, root] of roots.entries()) ofKey[keyOf(place)] ??= root
  return roots.every((root, place) => ofKey[keyOf(place)] === root)
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
 * What Reshape's shape must say to make `after` of `from`: −1 for a size that is not known, 0 for others that are those
 * of the same axis before; undefined where that does not do.
 */
export function shapeNumbers(from: Shape, after: Shape): readonly number[] | undefined {
  const unknown = after.flatMap((size, axis) => (typeof size === 'number' ? [] : [axis]))
  const same = new Set(
    segmentsOf(from, after).flatMap(({ from: [a, ...more], to: [b, ...others], known }) =>
      known && a === b && a !== undefined && more.length + others.length === 0 ? [a] : [],
    ),
  )
  const [left, ...others] = unknown.length > 1 ? unknown.filter(axis => !same.has(axis)) : unknown
  if (others.length > 0) return undefined
  return after.map((size, axis) => (typeof size === 'number' ? size : axis === left ? -1 : 0))
}
