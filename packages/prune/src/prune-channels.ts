import { type Graph, RecipeError, type StrategyContext, type StrategyResult, simplifyUnfolded } from '@pare/core-graph'
import { type ChannelGroup, channelGroups } from './channels/channel-groups.ts'
import { cutChannels } from './channels/cut-channels.ts'
import { type Counts, chooseCounts } from './choose-counts.ts'
import { type GroupScores, groupScores, rankedChannels } from './group-importance.ts'
import { multipleFor, type StructuredOptions } from './structured-options.ts'
import { type Measure, type Target, type TargetOption, targetOf } from './targets.ts'

/** What is known once the channels are ranked: what a strategy chooses counts by. */
export interface RankedGroups {
  /** With the newest forms of operators. */
  readonly graph: Graph
  readonly groups: readonly ChannelGroup[]
  readonly scores: GroupScores
  /** By group name, the least important channel first. */
  readonly ranking: ReadonlyMap<string, readonly number[]>
  /** What the target is a share of, and its value for the graph. */
  readonly measure: Measure
  readonly value: number
  /** A graph of the size of the one that is left when so many channels of groups go. */
  readonly cut: (counts: Counts) => Graph
}

/** How a strategy shares the cut out among the groups. */
export interface Allocation {
  /** How many channels of each group go at a level from 0 (none) to 1 (all that may), growing with it. */
  readonly countsAt: (level: number) => Counts
  /** What the strategy has to say of a group of which a share of the channels went. Plain JSON. */
  readonly detailsOf?: (group: string, ratio: number) => Readonly<Record<string, unknown>>
  /** What it has to say beside. Plain JSON. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** What was cut. Plain JSON. */
export interface PruningDetails {
  readonly target: {
    readonly measure: keyof TargetOption
    /** Share that was to be left, and the share that is; both of the model before the stage. */
    readonly share: number
    readonly reached: number
    readonly before: number
    readonly after: number
  }
  readonly multiple: number
  /** In the graph's order, those too of which nothing was cut. */
  readonly groups: readonly PrunedGroup[]
  /** Layers whose channels could not be cut, all or some of them, and why. */
  readonly kept: readonly { readonly node: string; readonly op: string; readonly reason: string }[]
}

export interface PrunedGroup {
  readonly name: string
  readonly makers: readonly string[]
  /** Channels. */
  readonly before: number
  readonly after: number
  /** Share of the channels that went. */
  readonly ratio: number
  readonly [more: string]: unknown
}

/**
 * What all strategies that cut channels do: find the groups, rank the channels of each by importance, let the strategy
 * share the cut out, find the level at which the target is met, and cut.
 * @throws RecipeError `RECIPE_PRUNE_NOTHING` for a model in which nothing can be cut, `RECIPE_PRUNE_TARGET` for a target
 *   that cannot be reached, `RECIPE_NO_MATCH`; what the importance and the allocation throw
 */
export async function pruneChannels(
  given: Graph,
  options: StructuredOptions,
  context: StrategyContext,
  allocate: (ranked: RankedGroups) => Promise<Allocation> | Allocation,
): Promise<StrategyResult & { readonly details: PruningDetails }> {
  const { note, signal } = context
  const graph = simplifyUnfolded(given)
  const { include, exclude, maxRatio } = options
  const { groups, kept } = channelGroups(graph, { ...(include && { include }), exclude })
  if (groups.length === 0) throw nothingToPrune(given, kept)
  const target = await targetOf(graph, options.target, context)
  const scores = await groupScores(graph, groups, options.importance, context)
  const ranking = new Map([...scores].map(([name, own]) => [name, rankedChannels(own)]))
  // Which channels go does not change the size, and neighbours are cut fastest.
  const neighbours = new Map(groups.map(({ name, channels }) => [name, [...Array(channels).keys()]]))
  const cut = (counts: Counts) => cutChannels(graph, leastImportant(neighbours, counts))
  const { measure } = target
  const value = context.round ? await measure.of(graph) : target.before
  const { countsAt, detailsOf, details } = await allocate({ graph, groups, scores, ranking, measure, value, cut })
  const multiple = multipleFor(options, context.target)
  const chosen = await chooseCounts({ groups, target, countsAt, cut, multiple, maxRatio, note, signal })
  return {
    graph: cutChannels(graph, leastImportant(ranking, chosen.counts)),
    details: {
      target: targetDetails(target, chosen.reached),
      multiple,
      groups: groups.map(({ name, makers, channels }) => {
        const count = chosen.counts.get(name) ?? 0
        const ratio = count / channels
        return { name, makers, before: channels, after: channels - count, ratio, ...detailsOf?.(name, ratio) }
      }),
      kept,
      ...details,
    },
  }
}

/** The first of each ranking. */
const leastImportant = (
  ranking: ReadonlyMap<string, readonly number[]>,
  counts: Counts,
): ReadonlyMap<string, readonly number[]> =>
  new Map(
    [...counts].flatMap(([name, count]) => (count > 0 ? [[name, (ranking.get(name) ?? []).slice(0, count)]] : [])),
  )

const targetDetails = ({ measure, share, before }: Target, reached: number): PruningDetails['target'] => ({
  measure: measure.id,
  share,
  reached,
  before,
  after: before * reached,
})

const nothingToPrune = ({ name, nodes }: Graph, kept: PruningDetails['kept']) => {
  const [first] = kept
  const isQuantized = nodes.some(({ op }) => op === 'QuantizeLinear')
  return new RecipeError({
    code: 'RECIPE_PRUNE_NOTHING',
    message: `No channels of the model ${name} can be cut.`,
    hint: first
      ? isQuantized
        ? `Of ${first.node} (${first.op}) they stay because ${first.reason}. In one stage, list pruning before quant.qat.`
        : `Of ${first.node} (${first.op}) they stay because ${first.reason}; \`pare inspect --prune\` tells the others.`
      : 'It has no layers whose channels could go, or the recipe includes none.',
  })
}
