import { type Graph, graphIndex, isFloat } from '@pare/core-graph'
import { type Layout, layoutOf } from './align.ts'
import { logitsOf } from './logits.ts'
import { frozenTeacher, sampleShape } from './merge-teacher.ts'
import { floatTensors } from './tensor-pairs.ts'

/** Two tensors that are worth comparing. */
export interface ProposedPair {
  readonly student: ProposedTensor
  readonly teacher: ProposedTensor
  /** Strategies that compare such tensors, the fittest first. */
  readonly strategies: readonly string[]
  /** From 0 to 1: 1 for logits and for the last layers of a size with equal channels, equally deep. */
  readonly score: number
  /** Why they go together, and what has to be made alike. */
  readonly reason: string
}

export interface ProposedTensor {
  readonly tensor: string
  /** Sizes of one sample: `[C, H, W]`, `[L, C]` or `[K]`. */
  readonly shape: readonly number[]
}

/** What layers with weights read, or the last of its size. */
interface Feature extends ProposedTensor {
  readonly layout: Layout
  /** Share of the model's nodes up to it. */
  readonly depth: number
}

/** Features of one size, one after the other. */
interface Stage {
  readonly size: string
  readonly features: readonly Feature[]
}

/**
 * Pairs for a distillation, best first: logits of as many classes; then the last feature maps of each size, as Yim et
 * al. 2017 and Zagoruyko & Komodakis 2017 pair theirs, or of a multiple of it where the teacher has none of the size;
 * then those before them, by their place among those of the size. Names are those of the models with BatchNormalization
 * folded, as a teacher is merged; models have these tensors before it is folded, too.
 */
export function proposePairs(student: Graph, teacher: Graph): readonly ProposedPair[] {
  const [own, other] = [frozenTeacher(student), frozenTeacher(teacher)]
  const pairs = [...logitPairs(own, other), ...stagePairs(stagesOf(own), stagesOf(other))]
  return pairs.toSorted((a, b) => b.score - a.score)
}

function logitPairs(student: Graph, teacher: Graph): ProposedPair[] {
  if (student.outputs.length !== 1 || teacher.outputs.length !== 1) return []
  const [own, other] = [student, teacher].map(graph => {
    const tensor = logitsOf(graph, 'student')
    return { tensor, shape: sampleShape(graph, tensor) ?? [] }
  })
  if (own?.shape.length !== 1 || `${own.shape}` !== `${other?.shape}` || !other) return []
  const reason = `the scores of ${own.shape[0]} classes, before any Softmax`
  return [{ student: own, teacher: other, strategies: ['distill.soft-label'], score: 1, reason }]
}

function stagePairs(student: readonly Stage[], teacher: readonly Stage[]): ProposedPair[] {
  const times = new Map<string, number>()
  return student.flatMap(({ size, features }) => {
    // Where a size comes again, as in decoders, the second time goes with the second time.
    const time = times.get(size) ?? 0
    times.set(size, time + 1)
    const match = teacher.filter(stage => stage.size === size)[time]
    const last = features.at(-1)
    if (!last) return []
    if (!match) return pairOf(last, nearestMultiple(last, teacher), { isLast: true })
    return features.flatMap((feature, place) =>
      pairOf(feature, partner(features, place, match), { isLast: feature === last }),
    )
  })
}

/** At the same place among those of the size, as near as that can be. */
function partner({ length }: readonly Feature[], place: number, { features }: Stage): Feature | undefined {
  const share = length === 1 ? 1 : place / (length - 1)
  return features[Math.round(share * (features.length - 1))]
}

/** The last of another size that one is averaged to by whole windows, the nearest in depth. */
function nearestMultiple({ layout: { kind, size }, depth }: Feature, teacher: readonly Stage[]): Feature | undefined {
  const fits = (larger: readonly number[], smaller: readonly number[]) =>
    larger.every((length, axis) => Number.isInteger(length / (smaller[axis] ?? 1)))
  return teacher
    .flatMap(({ features }) => features.at(-1) ?? [])
    .filter(({ layout }) => layout.kind === kind && (fits(layout.size, size) || fits(size, layout.size)))
    .toSorted((a, b) => Math.abs(a.depth - depth) - Math.abs(b.depth - depth))[0]
}

function pairOf(own: Feature, other: Feature | undefined, { isLast }: { readonly isLast: boolean }): ProposedPair[] {
  if (!other) return []
  const { channels } = own.layout
  const isEqual = channels === other.layout.channels
  const [size, otherSize] = [own.layout, other.layout].map(sizeText)
  const needs = [
    isEqual ? `${channels} channels each` : `an adapter from ${channels} to ${other.layout.channels} channels`,
    ...(size === otherSize ? [] : [`averaged to the smaller of ${size} and ${otherSize}`]),
  ]
  const depths = `after ${Math.round(100 * own.depth)} % and ${Math.round(100 * other.depth)} % of the nodes`
  const score =
    (isLast ? 1 : 0.5) *
    (isEqual ? 1 : 0.9) *
    (size === otherSize ? 1 : 0.8) *
    (1 - 0.5 * Math.abs(own.depth - other.depth))
  const comparisons = ['distill.l2', 'distill.channel-wise']
  return [
    {
      student: { tensor: own.tensor, shape: own.shape },
      teacher: { tensor: other.tensor, shape: other.shape },
      // Attention needs no adapter.
      strategies: isEqual ? [...comparisons, 'distill.attention'] : ['distill.attention', ...comparisons],
      score: Number(score.toFixed(3)),
      reason: `${isLast ? 'the last' : 'features'} of ${size}, ${depths}: ${needs.join(', ')}`,
    },
  ]
}

const sizeText = ({ kind, size }: Layout) => (kind === 'map' ? `${size.join('×')} pixels` : `${size[0]} tokens`)

/** Features by size, those of one size that follow each other together. */
function stagesOf(graph: Graph): readonly Stage[] {
  const stages: { size: string; features: Feature[] }[] = []
  for (const feature of featuresOf(graph)) {
    const size = `${feature.layout.kind} ${feature.layout.size}`
    const last = stages.at(-1)
    if (last?.size === size) last.features.push(feature)
    else stages.push({ size, features: [feature] })
  }
  return stages
}

function featuresOf(graph: Graph): readonly Feature[] {
  const { users } = graphIndex(graph)
  const depths = new Map(
    graph.nodes.flatMap(({ outputs }, place) =>
      outputs.map(output => [output, (place + 1) / graph.nodes.length] as const),
    ),
  )
  const maps = floatTensors(graph).flatMap((tensor): Feature[] => {
    const shape = sampleShape(graph, tensor)
    if (!shape || shape.length < 2 || shape.length > 3) return []
    const layout = layoutOf({ name: tensor, shape: [null, ...shape] })
    // One pixel is a vector: there is nowhere to look.
    if (layout.size.every(length => length === 1)) return []
    return [{ tensor, shape, layout, depth: depths.get(tensor) ?? 0 }]
  })
  return maps.filter(({ tensor, layout }, place) => {
    const next = maps[place + 1]?.layout
    const isLast = !next || next.kind !== layout.kind || `${next.size}` !== `${layout.size}`
    return isLast || users.get(tensor)?.some(node => node.inputs.some(name => isWeight(graph, name)))
  })
}

function isWeight({ initializers }: Graph, name: string): boolean {
  const tensor = initializers.get(name)
  return tensor !== undefined && isFloat(tensor.dataType) && tensor.dims.length > 1
}
