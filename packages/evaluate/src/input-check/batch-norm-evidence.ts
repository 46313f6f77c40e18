import {
  type Batch,
  type Graph,
  graphIndex,
  type Node,
  runBatch,
  type Session,
  tensorNumbers,
  withOutputs,
} from '@pare/core-graph'
import { type ChannelStatistics, channelSums } from './channel-statistics.ts'
import { type Encoding, encodings, normalizedFeatures } from './encodings.ts'
import { figure, type InputContext, type Judgement } from './evidence.ts'

/**
 * Beyond this distance samples are told to be of another kind, whatever the cause. Samples of the training data are
 * nearer than 0.01, those of one of its classes come to 0.2, photographs of other subjects to 0.2; values of a third
 * of the spread to 0.6 (measured on Fashion-MNIST, and on a text detector of PaddleOCR with photographs).
 */
const farAway = 0.4
/** Beyond this, what brings them near is told. */
const explainable = 0.1
/** A few samples vary, and deep in a model other subjects count as much as other preprocessing. */
const farAwayIfUnsure = 1
const few = 8
/** Layers with weights before a BatchNormalization that sees little more than light and edges. */
const shallow = 2
/** What exchanged colours come to at least; small, as most filters of a first layer look for light, not for colour. */
const notNear = 0.03
/** An explanation makes samples at least so many times nearer. */
const nearer = 5

/**
 * Holds the samples against what the first BatchNormalization of the model learned in training: mean and variance of
 * its input, channel by channel. Where they are far from each other, the samples are written in other common ways; the
 * one that brings them near is the likely cause.
 *
 * @returns undefined where there is no such node, or one that was never trained
 */
export async function batchNormEvidence(context: InputContext): Promise<Judgement | undefined> {
  const { graph, executor, batches, statistics, isImage, isOnly } = context
  const learned = learnedStatistics(graph)
  if (!learned) return undefined
  await using session = await executor.open(withOutputs(graph, [learned.value]))
  const distanceOf = async (changed: readonly Batch[]) =>
    distance(await statisticsAt(session, graph, learned, changed, context.signal), learned)
  const samples = batches.reduce((sum, batch) => sum + batch.size, 0)
  const found = await distanceOf(batches)
  const isSure = samples >= few && weightedLayersBefore(graph, learned.node) <= shallow
  if (found.divergence < (isSure ? notNear : explainable)) return { warning: undefined }

  const isFar = found.divergence > explainable
  let cause: { readonly advice: string; readonly divergence: number } | undefined
  if (isOnly)
    for (const { advice, apply } of isImage ? encodings(statistics, isFar) : [normalizedFeatures(statistics)]) {
      const changed = batches.map(batch => ({ ...batch, inputs: mapped(batch.inputs, context.input, apply) }))
      const { divergence } = await distanceOf(changed)
      if (divergence < Math.min(cause?.divergence ?? Number.POSITIVE_INFINITY, found.divergence / nearer))
        cause = { advice, divergence }
    }
  if (!cause && found.divergence < (isSure ? farAway : farAwayIfUnsure)) return { warning: undefined }
  return {
    warning: `The samples ${cause || found.divergence > farAwayIfUnsure ? 'are not' : 'differ from'} what the model was trained on: where its first BatchNormalization (${learned.node.name || learned.value}) reads, the spread is ${figure(found.spread)} times what it learned, and the mean ${figure(found.shift)} standard deviations off. ${
      cause
        ? `They would fit ${cause.advice}.`
        : `${isImage ? 'Look at the preprocessing: range (0 to 1, or 0 to 255), mean and std, RGB or BGR, NCHW or NHWC' : 'Look at how the features were scaled for training'}; or the data is of another kind, or of a part of the classes.`
    }`,
  }
}

function mapped(inputs: Batch['inputs'], name: string, apply: Encoding['apply']) {
  const only = Object.keys(inputs).length === 1
  return Object.fromEntries(
    Object.entries(inputs).map(([key, tensor]) => [key, key === name || only ? apply(tensor) : tensor]),
  )
}

/** How many nodes on the way to this one read weights: initializers with more than one axis. */
function weightedLayersBefore(graph: Graph, node: Node): number {
  const { producer } = graphIndex(graph)
  const seen = new Set<Node>()
  // A list, not recursion: a chain of nodes may be longer than the stack is deep.
  const pending = [node.inputs[0] ?? '']
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const made = producer.get(value)
    if (!made || seen.has(made)) continue
    seen.add(made)
    pending.push(...made.inputs)
  }
  const readsWeights = ({ inputs }: Node) => inputs.some(name => (graph.initializers.get(name)?.dims.length ?? 0) > 1)
  return [...seen].filter(readsWeights).length
}

/** What a BatchNormalization learned of the value that it reads. */
interface Learned {
  readonly node: Node
  readonly value: string
  readonly epsilon: number
  readonly mean: readonly number[]
  readonly variance: readonly number[]
}

function learnedStatistics(graph: Graph): Learned | undefined {
  const node = graph.nodes.find(({ op, domain }) => op === 'BatchNormalization' && domain === '')
  const [value = '', , , meanName = '', varianceName = ''] = node?.inputs ?? []
  const [mean, variance] = [graph.initializers.get(meanName), graph.initializers.get(varianceName)]
  if (!node || !mean || !variance) return undefined
  const { epsilon } = node.attributes
  const learned = {
    node,
    value,
    epsilon: epsilon?.kind === 'float' ? epsilon.value : 1e-5,
    mean: tensorNumbers(mean),
    variance: tensorNumbers(variance),
  }
  const isInitial = learned.mean.every(item => item === 0) && learned.variance.every(item => item === 1)
  return isInitial ? undefined : learned
}

async function statisticsAt(
  session: Session,
  graph: Graph,
  { value, mean }: Learned,
  batches: readonly Batch[],
  signal: AbortSignal | undefined,
): Promise<ChannelStatistics> {
  const sums = channelSums(mean.length, 1)
  for (const batch of batches)
    for await (const { outputs, inputs } of runBatch(session, graph, batch, [value])) {
      signal?.throwIfAborted()
      const tensor = outputs[value] ?? inputs[value]
      if (tensor) sums.add(tensor)
    }
  return sums.result()
}

/**
 * How far what is found is from what was learned: of each channel, the divergence KL(found ‖ learned) of the normal
 * distributions with these means and variances, ½ (r − 1 − ln r + d²) for the ratio r of variances and the distance d
 * of means in standard deviations; the median channel counts.
 */
function distance(found: ChannelStatistics, learned: Learned) {
  const channels = learned.mean.map((mean, channel) => {
    const variance = (learned.variance[channel] ?? 0) + learned.epsilon
    const ratio = ((found.variance[channel] ?? 0) + learned.epsilon) / variance
    const shift = Math.abs((found.mean[channel] ?? 0) - mean) / Math.sqrt(variance)
    return { divergence: 0.5 * (ratio - 1 - Math.log(ratio) + shift ** 2), spread: Math.sqrt(ratio), shift }
  })
  const medianOf = (key: 'divergence' | 'spread' | 'shift') =>
    channels.map(channel => channel[key]).sort((one, other) => one - other)[channels.length >> 1] ?? 0
  return { divergence: medianOf('divergence'), spread: medianOf('spread'), shift: medianOf('shift') }
}
