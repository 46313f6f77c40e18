import { defineCause } from '../cause.ts'
import { figure, outlier } from '../figures.ts'

/** So much above the median a channel's weights must be for a scale of its own to matter. */
const uneven = 2

/** W:[C, 1, *k] under one scale: each channel is a filter by itself, and their ranges differ more than in other layers */
export const depthwiseOneScale = defineCause({
  id: 'depthwise-one-scale',
  title: 'a depthwise layer under one scale',
  inLayer: ({ node, weights, oneScale, reaches }) => {
    if (!weights || !oneScale || weights.columns !== 1 || weights.inputs < 2) return undefined
    const { place, times } = outlier(reaches(weights))
    if (times < uneven) return undefined
    return {
      evidence: `${node.name} filters each of its ${weights.outputs} channels by itself, but one scale serves them all: the weights of channel ${place} are ${figure(times)} times as large as those of the median channel, which keeps about ${Math.max(1, Math.round(127 / times))} of 127 steps.`,
      figures: { channel: place, times, channels: weights.outputs },
      changes: [{ 'quant.static': { perChannel: true } }],
      advice: 'Give each channel of the weights its own scale.',
    }
  },
})
