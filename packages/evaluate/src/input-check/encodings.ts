import { elementCount, type TensorData } from '@pare/core-graph'
import type { ChannelStatistics } from './channel-statistics.ts'
import { figures } from './evidence.ts'

/** Another way to write the same samples, as models commonly take them. */
export interface Encoding {
  /** What to do to get it. */
  readonly advice: string
  readonly apply: (tensor: TensorData) => TensorData
}

/**
 * The samples as they would be under other common preprocessing. Black and white are taken to be among them, as they
 * are among the pixels of some photographs.
 * @param isFar whether their values are far off; colours that are exchanged change them little
 */
export function encodings({ axis, mean, variance, low, high }: ChannelStatistics, isFar: boolean): readonly Encoding[] {
  const toRange = (from: number, to: number): Encoding => ({
    advice: `with values from ${from} to ${to}: range: [${from}, ${to}], without mean and std`,
    apply: perChannel(axis, () => ({
      scale: (to - from) / (high - low),
      shift: from - (low * (to - from)) / (high - low),
    })),
  })
  const deviation = variance.map(Math.sqrt)
  // In units of the range [0, 1], as a recipe states them.
  const unit = (value: number) => (value - low) / (high - low)
  const normalized: Encoding = {
    ...standardized({ axis, mean, variance }),
    advice: `if every channel had the mean 0 and the standard deviation 1: range: [0, 1], with a mean near ${figures(mean.map(unit))} and a std near ${figures(deviation.map(value => value / (high - low)))}, or those that the model was trained with`,
  }
  const swapped: Encoding = {
    advice:
      'with red and blue exchanged: colour: BGR in place of RGB, or RGB in place of BGR (along with mean and std)',
    apply: tensor => reversed(tensor, axis),
  }
  const colours = mean.length === 3 ? [swapped] : []
  return isFar ? [toRange(0, 1), toRange(-1, 1), toRange(0, 255), normalized, ...colours] : colours
}

/** The features of samples that are no images, as models of tables commonly take them. */
export const normalizedFeatures = (statistics: ChannelStatistics): Encoding => ({
  ...standardized(statistics),
  advice:
    'if every feature had the mean 0 and the standard deviation 1: scale them as in training before they are saved',
})

const standardized = ({ axis, mean, variance }: Pick<ChannelStatistics, 'axis' | 'mean' | 'variance'>) => ({
  apply: perChannel(axis, channel => {
    const scale = 1 / (Math.sqrt(variance[channel] ?? 1) || 1)
    return { scale, shift: -(mean[channel] ?? 0) * scale }
  }),
})

const perChannel =
  (axis: number, map: (channel: number) => { readonly scale: number; readonly shift: number }) =>
  (tensor: TensorData): TensorData =>
    rewritten(tensor, axis, (from, to, start, end, channel) => {
      const { scale, shift } = map(channel)
      for (let place = start; place < end; place++) to[place] = Number(from[place]) * scale + shift
    })

const reversed = (tensor: TensorData, axis: number): TensorData =>
  rewritten(tensor, axis, (from, to, start, end, channel, channels) => {
    const other = start + (channels - 1 - 2 * channel) * (end - start)
    for (let place = start; place < end; place++) to[place] = Number(from[other + place - start])
  })

type Rewrite = (
  from: TensorData['data'],
  to: Float32Array,
  start: number,
  end: number,
  channel: number,
  channels: number,
) => void

/** A float32 tensor of the same shape, written run by run of one channel. */
function rewritten({ dims, data }: TensorData, axis: number, rewrite: Rewrite): TensorData {
  const inner = elementCount(dims.slice(axis + 1))
  const channels = dims[axis] ?? 1
  const to = new Float32Array(data.length)
  for (let run = 0; run * inner < data.length; run++)
    rewrite(data, to, run * inner, (run + 1) * inner, run % channels, channels)
  return { dataType: 'float32', dims, data: to }
}
