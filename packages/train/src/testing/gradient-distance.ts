import type { Graph } from '@pare/core-graph'
import type { Nd } from './nd.ts'

/** How far gradients are from others, parameter by parameter. */
export interface GradientDistance {
  readonly worst: number
  readonly median: number
  /** The parameter with the worst. */
  readonly at: string
}

/**
 * The largest difference of an element, against the largest of the tensor; a layer's weight or scale and its bias or
 * shift have one largest together, since the latter's gradient is 0 but for rounding where a BatchNormalization follows.
 */
export function gradientDistance(
  graph: Graph,
  got: ReadonlyMap<string, Nd>,
  wanted: ReadonlyMap<string, Nd>,
): GradientDistance {
  const largestOf = (name: string) => wanted.get(name)?.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0) ?? 0
  const partners = new Map(
    graph.nodes
      .filter(({ op }) => op === 'Conv' || op.endsWith('Normalization'))
      .flatMap(({ inputs: [, weight = '', bias = ''] }) => [[weight, bias] as const, [bias, weight] as const]),
  )
  const distances = [...wanted].map(([name, { data }]) => {
    const own = got.get(name)?.data
    const size = Math.max(largestOf(name), largestOf(partners.get(name) ?? ''))
    const difference = data.reduce((most, x, place) => {
      const apart = Math.abs(x - (own?.[place] ?? Number.NaN))
      return apart <= most ? most : apart
    }, 0)
    return { name, distance: difference / size }
  })
  const sorted = distances.toSorted((a, b) => b.distance - a.distance)
  const [worst] = sorted
  return { worst: worst?.distance ?? 0, at: worst?.name ?? '', median: sorted[sorted.length >> 1]?.distance ?? 0 }
}

/** Elements that two runs put on different sides of a kink. */
export interface Flips {
  readonly units: number
  readonly flips: number
  /** How far from the kink the farthest of them is in float64. */
  readonly farthest: number
}

/**
 * Where a run in float64 and one that was seen chose different branches of an activation; of what was seen, the
 * activation's outputs do as well as its inputs.
 */
export function flipsOf(graph: Graph, values: ReadonlyMap<string, Nd>, seen: ReadonlyMap<string, Nd>): Flips {
  let [units, flips, farthest] = [0, 0, 0]
  for (const { op, inputs } of graph.nodes) {
    const [x = '', min = '', max = ''] = inputs
    const bound = (name: string, otherwise: number) => values.get(name)?.data[0] ?? otherwise
    const [low, high] = op === 'Clip' ? [bound(min, -infinity), bound(max, infinity)] : (bends[op] ?? [])
    const [own, other] = [values.get(x)?.data, seen.get(x)?.data]
    if (low === undefined || high === undefined || !own || !other) continue
    const branch = (value: number) => Number(value > low) + Number(value >= high)
    units += own.length
    for (const [place, value] of own.entries()) {
      if (branch(value) === branch(other[place] ?? Number.NaN)) continue
      flips++
      farthest = Math.max(farthest, Math.min(Math.abs(value - low), Math.abs(value - high)))
    }
  }
  return { units, flips, farthest }
}

const infinity = Number.POSITIVE_INFINITY

/** Between which inputs an activation's middle branch lies. */
const bends: Readonly<Record<string, readonly [low: number, high: number]>> = {
  HardSigmoid: [-3, 3],
  HardSwish: [-3, 3],
  Relu: [0, infinity],
}
