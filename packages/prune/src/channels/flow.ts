import type { Dimension, Node, Shape } from '@pare/core-graph'
import type { Atoms } from './atoms.ts'
import type { AxisLabels, FlowValue, Labels, Origin } from './labels.ts'

/** What a rule tells how channels flow through a node with. Labels that are left out (undefined) cannot be cut. */
export interface Flow {
  readonly node: Node
  /** The shapes of the node's outputs, as far as they are known. */
  readonly outputShapes: readonly (Shape | undefined)[]
  /** Which of the numbers of the node's output are read, as far as that can be told; all of `count` otherwise. */
  placesRead(count: number): ReadonlySet<number>
  /** Labels of the same places: each is joined to its like. One that cannot be cut keeps the others from it. */
  join(...axes: readonly (Labels | undefined)[]): Labels | undefined
  /** Labels of the axes of a result to which values are broadcast, from the last axis on; joins what meets. */
  broadcast(...values: readonly FlowValue[]): AxisLabels
  /** Joins all places of one key, of which there are `size`; labels by key. */
  fold(labels: Labels | undefined, size: number, keyOf: (place: number) => number): Labels | undefined
  /** Labels of `size` places, each that of another axis. */
  spread(labels: Labels | undefined, size: number, placeOf: (place: number) => number): Labels | undefined
  /** Labels one after the other; of axes that cannot be cut, as many places as they have. */
  concat(parts: readonly { readonly labels: Labels | undefined; readonly size: number }[]): Labels | undefined
  /** What stands for each place with all that it is joined to so far. */
  rootsOf(labels: Labels): readonly number[]
  /** Says that a constant is the weight of a layer that makes channels along an axis. */
  makes(weight: FlowValue, axis: number): void
  /** Says that the node sums over an axis, of a weight if it is one, which it multiplies with another value's. */
  sums(weight: FlowValue, axis: number, other: FlowValue, otherAxis: number): void
  /** Keeps what is along labels from being cut. */
  pin(labels: Labels | undefined, reason: string): void
}

/** Where roles are told, and what is masked where no weight reads. */
export interface FlowRecord {
  makes(node: Node, weight: FlowValue, origin: Origin | undefined, size: Dimension | undefined): void
  reads(node: Node, weight: FlowValue, origin: Origin): void
  masks(node: Node, value: FlowValue, axis: number): void
}

/** What a flow is made upon. */
export interface FlowParts extends Pick<Flow, 'node' | 'outputShapes' | 'placesRead'> {
  readonly atoms: Atoms
  readonly record: FlowRecord
  /** The labels of an axis, without answering for them. */
  readonly labelsOf: (value: FlowValue, axis: number) => Labels | undefined
}

export function createFlow({ node, outputShapes, placesRead, atoms, record, labelsOf }: FlowParts): Flow {
  const pin: Flow['pin'] = (labels, reason) => {
    for (const atom of labels?.atoms ?? []) atoms.pin(atom, reason)
  }
  const where = `${node.name} (${node.op})`

  const join: Flow['join'] = (...axes) => {
    const [first, ...others] = axes.filter(labels => labels !== undefined)
    if (!first) return undefined
    const fit = others.length === axes.length - 1 && others.every(({ atoms }) => atoms.length === first.atoms.length)
    if (!fit) {
      for (const labels of [first, ...others]) pin(labels, `${where} joins them with what cannot be cut`)
      return undefined
    }
    for (const other of others)
      for (const [place, atom] of first.atoms.entries()) atoms.join(atom, other.atoms[place] ?? atom)
    return first
  }

  const fold: Flow['fold'] = (labels, size, keyOf) => {
    if (!labels) return undefined
    const folded = new Int32Array(size).fill(-1)
    for (const [place, atom] of labels.atoms.entries()) {
      const key = keyOf(place)
      const known = folded[key] ?? -1
      if (known < 0) folded[key] = atom
      else atoms.join(known, atom)
    }
    return { atoms: folded }
  }

  return {
    node,
    outputShapes,
    placesRead,
    join,
    pin,
    fold,
    broadcast: (...values) => {
      const rank = Math.max(0, ...values.map(({ shape }) => shape.length))
      return Array.from({ length: rank }, (_, axis) => {
        const meeting = values.flatMap(value => {
          const own = axis - rank + value.shape.length
          return own >= 0 && value.shape[own] !== 1 ? [value.axis(own)] : []
        })
        const labels = join(...meeting)
        const origin = meeting.find(item => item?.origin)?.origin
        return labels && { atoms: labels.atoms, ...(origin ? { origin: { ...origin, keepsZero: false } } : {}) }
      })
    },
    spread: (labels, size, placeOf) =>
      labels && { atoms: Int32Array.from({ length: size }, (_, place) => labels.atoms[placeOf(place)] ?? 0) },
    concat: parts => {
      if (!parts.some(({ labels }) => labels)) return undefined
      const pieces = parts.map(({ labels, size }) => {
        if (labels) return labels.atoms
        const fixed = atoms.fresh(size)
        for (const atom of fixed) atoms.pin(atom, `${where} joins them with what cannot be cut`)
        return fixed
      })
      return { atoms: Int32Array.from(pieces.flatMap(piece => [...piece])) }
    },
    rootsOf: labels => Array.from(labels.atoms, atoms.rootOf),
    makes: (weight, axis) => record.makes(node, weight, labelsOf(weight, axis)?.origin, weight.shape.at(axis)),
    sums: (weight, axis, other, otherAxis) => {
      const labels = labelsOf(weight, axis)
      if (labels?.origin?.keepsZero) record.reads(node, weight, labels.origin)
      else if (other.constant) pin(labels, `${where} makes a weight of weights`)
      else record.masks(node, other, otherAxis)
    },
  }
}
