import { createRandom, type Graph, type StrategyContext } from '@pare/core-graph'
import { rowsOf, weightNumbers } from './channel-numbers.ts'
import type { ChannelGroup, ChannelMember } from './channels/channel-groups.ts'
import { l1Norm } from './importance/l1-norm.ts'
import type { Importance } from './importance.ts'
import { type ImportanceOption, importanceOf } from './importance-option.ts'
import { weightGradients } from './weight-gradients.ts'
import { zeroShares } from './zero-shares.ts'

/** How much each channel of a group matters, by the group's name; comparable within a group. */
export type GroupScores = ReadonlyMap<string, readonly number[]>

/**
 * The importance of every channel of whole groups: the mean, over all that a group shows to the criterion (each layer
 * that makes its channels, each BatchNormalization or each rectified value), of the criterion's scores; of `taylor` over
 * the batches too. A group that has nothing of what the criterion looks at is judged by `l1-norm`, and a note says so.
 * @throws DataError `DATA_LABELS`, `DATA_EMPTY`, `DATA_SIZE` for a criterion that takes data
 */
export async function groupScores(
  graph: Graph,
  groups: readonly ChannelGroup[],
  option: ImportanceOption,
  context: Pick<StrategyContext, 'executor' | 'calibration' | 'train' | 'seed' | 'note' | 'signal'>,
): Promise<GroupScores> {
  const { importance, sampling } = importanceOf(option)
  const scores = new Map<string, readonly number[]>()
  const add = (group: ChannelGroup, place: number, criterion: Importance, evidence: readonly Evidence[]) =>
    scores.set(group.name, judged(criterion, evidence, createRandom(context.seed, place)))
  const blind: string[] = []

  if (importance.looksAt === 'gradients') {
    const batches = weightGradients(graph, groups.flatMap(makersOf), { ...context, ...sampling })
    const sums = new Map<string, readonly number[]>()
    let count = 0
    for await (const gradients of batches) {
      count++
      for (const [place, group] of groups.entries()) {
        const evidence = makersOf(group).flatMap(member => {
          const slopes = gradients.get(member.tensor)
          return slopes
            ? [{ ...weightRows(graph, member), gradients: rowsOf(dimsOf(graph, member), slopes, member) }]
            : []
        })
        if (evidence.length === 0) continue
        const own = judged(importance, evidence, createRandom(context.seed, place))
        sums.set(
          group.name,
          own.map((score, channel) => score + (sums.get(group.name)?.[channel] ?? 0)),
        )
      }
    }
    for (const [name, sum] of sums)
      scores.set(
        name,
        sum.map(score => score / count),
      )
  } else {
    const shares =
      importance.looksAt === 'activations' ? await zeroShares(graph, groups, { ...context, ...sampling }) : undefined
    for (const [place, group] of groups.entries()) {
      const evidence = shares ? (shares.get(group.name) ?? []).map(asEvidence) : evidenceOf(graph, group, importance)
      if (evidence.length > 0) add(group, place, importance, evidence)
    }
  }
  for (const [place, group] of groups.entries()) {
    if (scores.has(group.name)) continue
    blind.push(group.name)
    add(group, place, l1Norm, evidenceOf(graph, group, l1Norm))
  }
  if (blind.length > 0)
    context.note(`${importance.id} finds nothing to look at in ${listText(blind)}: judged by ${l1Norm.id} instead.`)
  return scores
}

interface Evidence {
  readonly values: readonly Float32Array[]
  readonly gradients: readonly Float32Array[]
}

const asEvidence = (shares: readonly number[]): Evidence => ({
  values: shares.map(share => Float32Array.of(share)),
  gradients: [],
})

/** The mean of the scores, channel by channel. */
function judged(importance: Importance, evidence: readonly Evidence[], random: () => number): readonly number[] {
  const all = evidence.map(own => importance.score({ ...own, random }))
  const [first = []] = all
  return first.map((_, channel) => all.reduce((sum, scores) => sum + (scores[channel] ?? 0), 0) / all.length)
}

function evidenceOf(graph: Graph, group: ChannelGroup, { looksAt }: Importance): readonly Evidence[] {
  const members =
    looksAt === 'scales'
      ? group.members.filter(({ role, input }) => role === 'follows' && input === 'scale')
      : makersOf(group)
  return members.map(member => weightRows(graph, member))
}

const weightRows = (graph: Graph, member: ChannelMember): Evidence => {
  const { dims, data } = weightNumbers(graph, member.tensor)
  return { values: rowsOf(dims, data, member), gradients: [] }
}

const dimsOf = (graph: Graph, { tensor }: ChannelMember) => graph.initializers.get(tensor)?.dims ?? []

/** The weights that make the channels; those that read them for channels that no weight makes. */
function makersOf({ members }: ChannelGroup): readonly ChannelMember[] {
  const makers = members.filter(({ role }) => role === 'makes')
  return makers.length > 0 ? makers : members.filter(({ role }) => role === 'reads')
}

const listText = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} other groups` : names.join(', ')

/** How scores of different groups are made comparable. */
export type Normalization = 'mean' | 'max'

/** Scores as multiples of their group's mean, or as shares of its greatest. All zeros stay zeros. */
export function normalized(scores: readonly number[], by: Normalization): readonly number[] {
  const unit = by === 'max' ? Math.max(...scores) : scores.reduce((sum, score) => sum + score, 0) / scores.length
  return unit > 0 ? scores.map(score => score / unit) : scores
}

/** The channels by importance, the least important first; of equal ones the first. */
export const rankedChannels = (scores: readonly number[]): readonly number[] =>
  [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b)
