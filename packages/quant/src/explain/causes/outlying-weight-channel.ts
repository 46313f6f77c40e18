import { graphIndex } from '@pare/core-graph'
import { homogeneous } from '../../equalize.ts'
import { type LayerWeights, layerWeights } from '../../layer-weights.ts'
import { defineCause, type Layer } from '../cause.ts'
import { figure, outlier } from '../figures.ts'

/** From so many times the median channel on; training leaves less. */
const outlying = 8

/**
 * max|W[c]| ≫ median: with one scale the other channels of W keep few levels; and what the channel makes widens the range
 * of the value that the next layer reads, in which all other channels are small.
 */
export const outlyingWeightChannel = defineCause({
  id: 'outlying-weight-channel',
  title: 'a channel with far larger weights than the others',
  inLayer: layer => ownWeights(layer) ?? readChannels(layer),
})

function ownWeights({ node, weights, oneScale, reaches }: Layer) {
  // A depthwise layer under one scale is a cause of its own.
  if (!weights || !oneScale || weights.columns === 1) return undefined
  const { place, times } = outlier(reaches(weights))
  if (times < outlying) return undefined
  return {
    evidence: `The weights of output channel ${place} of ${node.name} are ${figure(times)} times as large as those of its median channel, and all channels share one scale: the others keep about ${levels(times)} of 127 steps.`,
    figures: { channel: place, times },
    changes: [{ 'quant.static': { equalize: true } }, { 'quant.static': { perChannel: true } }],
    advice: 'Give each channel its own scale, or bring the channels of neighbouring layers to equal ranges first.',
  }
}

function readChannels(layer: Layer) {
  for (const value of layer.data) {
    const producer = layerBehind(layer, value)
    const sizes = layer.channels(value)
    if (!producer || sizes?.length !== producer.outputs) continue
    const made = outlier(sizes)
    const weights = outlier(layer.reaches(producer))
    if (made.times < outlying || weights.times < outlying || made.place !== weights.place) continue
    return {
      evidence: `The weights of output channel ${weights.place} of ${producer.node.name} are ${figure(weights.times)} times as large as those of its median channel. So is what ${layer.node.name} reads from it (${value}): ${figure(made.times)} times the median channel, and the others keep about ${levels(made.times, 255)} of 255 steps.`,
      figures: { channel: weights.place, times: weights.times, producer: producer.node.name, value },
      changes: [{ 'quant.static': { equalize: true } }],
      advice: 'Bring the channels of neighbouring layers to equal ranges before quantizing; the outputs stay the same.',
    }
  }
  return undefined
}

const levels = (times: number, steps = 127) => Math.max(1, Math.round(steps / times))

/** The layer whose channels a value's still are. */
function layerBehind({ graph }: Layer, value: string): LayerWeights | undefined {
  const { producer } = graphIndex(graph)
  for (let node = producer.get(value); node; node = producer.get(node.inputs[0] ?? '')) {
    const weights = layerWeights(graph, node)
    if (weights) return weights
    if (!homogeneous.has(node.op) && node.op !== 'Clip') return undefined
  }
  return undefined
}
