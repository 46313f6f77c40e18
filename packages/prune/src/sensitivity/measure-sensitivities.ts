import {
  type DataSource,
  type Evaluator,
  type Executor,
  type Graph,
  type Metrics,
  operatorOf,
  type ProgressListener,
  RunError,
  renameValues,
  runWhole,
  type TensorMap,
} from '@pare/core-graph'
import { createEvaluator, createFidelityEvaluator, crossEntropy, topK } from '@pare/evaluate'
import type { ChannelGroup } from '../channels/channel-groups.ts'
import { maskChannels } from '../channels/mask-channels.ts'
import { createBoundary, withTensors } from './boundary.ts'
import { fingerprintOf } from './fingerprint.ts'
import { checkAlike, pointsOf, type Sensitivities, withPoint } from './sensitivities.ts'
import { sharedSessions } from './shared-sessions.ts'
import { firstDifference, partBetween, suffixFrom } from './split-graph.ts'
import { maskableValues, withZeros } from './zeroed-channels.ts'

/** What sensitivities are measured with. */
export interface SensitivitySetup {
  readonly executor: Executor
  readonly source: DataSource
  /** Measures whole models by a metric of the user's own; without it the metric is one of Pare's. */
  readonly evaluate?: Evaluator
  readonly metric: string
  readonly groups: readonly ChannelGroup[]
  /** By group name, the least important channel first. */
  readonly ranking: ReadonlyMap<string, readonly number[]>
  /** Name of what ranked them. */
  readonly importance: string
  /** Shares of the channels of a group that are masked. */
  readonly ratios: readonly number[]
  readonly samples: number
  readonly batchSize: number
  /** How many bytes values in between may take. */
  readonly memory: number
  /** What was measured before, of which nothing is measured again. */
  readonly known?: Sensitivities
  /** Called with all that is known, after each point. */
  readonly save?: (sensitivities: Sensitivities) => Promise<void>
  readonly progress?: ProgressListener
  readonly note?: (message: string) => void
  readonly signal: AbortSignal
}

/** Metrics that are measured here, and whether labels are needed. */
const ownMetrics: ReadonlyMap<string, 'labels' | 'fidelity'> = new Map([
  ['top1', 'labels'],
  ['top5', 'labels'],
  ['loss', 'labels'],
  ['agreement', 'fidelity'],
  ['divergence', 'fidelity'],
  ['cosine', 'fidelity'],
])

/** Whether a metric is measured without an evaluation of the caller's own. */
export const isKnownMetric = (metric: string): boolean => ownMetrics.has(metric)

/**
 * Measures the model with each group masked at each ratio: the least important channels as zeros where they are read,
 * which gives the outputs of the cut model.
 *
 * Layers before a mask make the same as before, so they do not run again: groups are taken in the order in which they
 * are read, and the values there are kept for all samples and moved on from group to group, which runs the model once in
 * all. Where they would take too much memory, or do not lie by samples, the layers since the last place that was kept run
 * again for each point, and a note says so.
 *
 * @throws RecipeError `RECIPE_SENSITIVITIES` when `known` is of another model or was measured otherwise; what evaluating
 *   throws; RunError `RUN_METRIC` when the evaluation lacks the metric
 */
export async function measureSensitivities(graph: Graph, setup: SensitivitySetup): Promise<Sensitivities> {
  const { executor, source, evaluate, metric, groups, ranking, importance, ratios, memory, batchSize } = setup
  const { known, save, progress, note, signal } = setup
  const samples = Math.min(setup.samples, source.size ?? setup.samples)
  const identity = { model: fingerprintOf(graph), metric, samples, importance }
  if (known) checkAlike(known, identity, 'The sensitivity file')
  const isWhole = (group: ChannelGroup) =>
    ratios.every(ratio => known && pointsOf(known, group.name).some(point => point.ratio === ratio))
  if (known && groups.every(isWhole)) return known

  await using sessions = sharedSessions(executor)
  const output = graph.outputs[0]?.name ?? ''
  const boundary = createBoundary(graph, output, { executor, source, samples, batchSize, memory, signal })
  const lastPlace = graph.nodes.findIndex(({ outputs }) => outputs.includes(output))
  const tail = !evaluate && (await tailOf(graph, output, setup))
  if (tail) sessions.share(tail.graph)

  const figure = (metrics: Metrics): number => {
    const value = metrics[metric]
    if (value !== undefined) return value
    throw new RunError({
      code: 'RUN_METRIC',
      message: `The evaluation gives no ${metric}.`,
      hint: `It gives ${Object.keys(metrics).join(', ')}: name one of these as the metric.`,
    })
  }
  /** @param given what the model's inputs are fed with */
  const measured = async (model: Graph, given: DataSource): Promise<number> => {
    const common = { executor: sessions, batchSize, limit: samples }
    if (evaluate || !tail || ownMetrics.get(metric) === 'labels')
      return figure(
        await createEvaluator({ ...common, source: given, metrics: [topK(1), topK(5), crossEntropy] })(model, {
          signal,
        }),
      )
    const beside = withTensors(given, graph, tail.tensors)
    return figure(await createFidelityEvaluator(tail.graph, { ...common, source: beside, output })(model, { signal }))
  }
  const candidate = async (model: Graph): Promise<number> => {
    if (evaluate) return figure(await evaluate(model, { signal }))
    return measured(boundary.place === 0 ? model : suffixFrom(model, boundary.place, [output], graph), boundary.source)
  }
  const baseline = () => (tail ? measured(tail.graph, withTensors(source, graph, tail.tensors)) : candidate(graph))

  const masks = (group: ChannelGroup) =>
    ratios.map(ratio => ({
      ratio,
      cuts: new Map([[group.name, maskedAt(group, ranking.get(group.name) ?? [], ratio)]]),
    }))
  // By where the mask is read, not where the channels are made.
  const order = groups
    .map(group => {
      const [first] = masks(group)
      const masked = first && maskChannels(graph, first.cuts)
      return { group, place: Math.min(lastPlace, masked ? firstDifference(graph, masked) : 0) }
    })
    .sort((a, b) => a.place - b.place)

  let all: Sensitivities = known ?? {
    format: 'pare-sensitivities',
    version: 1,
    ...identity,
    baseline: await baseline(),
    groups: {},
  }
  const total = groups.length * ratios.length
  let done = 0
  let far = 0
  for (const { group, place } of order) {
    const points = pointsOf(all, group.name)
    const open = masks(group).filter(({ ratio }) => !points.some(point => point.ratio === ratio))
    done += ratios.length - open.length
    if (open.length === 0) continue
    if (!evaluate && !(await boundary.advance(place))) far++
    const suffix = suffixFrom(graph, boundary.place, [output])
    const most = maskChannels(graph, open.at(-1)?.cuts ?? new Map())
    const given = suffix.inputs.flatMap(({ name, type }) => (type?.dataType === 'float32' ? [name] : []))
    const values = boundary.place > 0 ? maskableValues(graph, most, group, given) : undefined
    sessions.share(suffix)
    for (const { ratio, cuts } of open) {
      signal.throwIfAborted()
      const value = values
        ? await measured(suffix, withZeros(boundary.source, values, cuts.get(group.name) ?? []))
        : await candidate(maskChannels(graph, cuts))
      all = withPoint(all, { group: group.name, channels: group.channels, ratio, value })
      await save?.(all)
      progress?.({ done: ++done, total, unit: 'points', values: { [metric]: value } })
    }
    await sessions.giveBack(suffix)
  }
  if (far > 0)
    note?.(
      `Sensitivities of ${far} of ${groups.length} groups were measured with layers that run again for each point: the values before them take more than ${Math.round(memory / 2 ** 20)} MiB, or do not lie by samples.`,
    )
  return all
}

/** The least important channels of a group, of which one stays at least. */
const maskedAt = ({ channels }: ChannelGroup, ranking: readonly number[], ratio: number): readonly number[] =>
  ranking.slice(0, Math.min(channels - 1, Math.round(channels * ratio)))

/**
 * What the whole model makes of each batch, as far as its last layer with weights, which is little to keep: from there
 * on it runs beside each candidate, and by itself for the baseline.
 */
async function tailOf(
  graph: Graph,
  output: string,
  { executor, source, samples, batchSize, signal }: SensitivitySetup,
): Promise<{ readonly graph: Graph; readonly tensors: readonly TensorMap[] }> {
  const place = Math.max(
    0,
    graph.nodes.findLastIndex(node => operatorOf(node)?.macs !== undefined),
  )
  const behind = suffixFrom(graph, place, [output])
  const inputs = new Set(graph.inputs.map(({ name }) => name))
  const made = behind.inputs.map(({ name }) => name).filter(name => !inputs.has(name))
  // A candidate may read values of the same names, with zeros in them.
  const names = new Map(made.map(name => [name, `reference/${name}`]))
  const tail = renameValues(behind, names)
  const tensors: TensorMap[] = []
  if (made.length === 0) return { graph: tail, tensors }
  const head = partBetween(graph, 0, place, made)
  await using session = await executor.open(head)
  for await (const batch of source.batches({ batchSize, limit: samples, signal })) {
    signal.throwIfAborted()
    const outputs = Object.entries(await runWhole(session, head, batch))
    tensors.push(Object.fromEntries(outputs.map(([name, tensor]) => [names.get(name) ?? name, tensor])))
  }
  return { graph: tail, tensors }
}
