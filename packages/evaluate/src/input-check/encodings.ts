import type { TensorData } from '@pare/core-graph'
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
  ({ dims, data }: TensorData): TensorData => {
    const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
    const maps = Array.from({ length: dims[axis] ?? 1 }, (_, channel) => map(channel))
    const changed = Float32Array.from(data as Float32Array, (value, place) => {
      const { scale, shift } = maps[Math.floor(place / inner) % maps.length] ?? { scale: 1, shift: 0 }
      return value * scale + shift
    })
    return { dataType: 'float32', dims, data: changed }
  }

function reversed({ dims, data }: TensorData, axis: number): TensorData {
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const channels = dims[axis] ?? 1
  const changed = Float32Array.from(data as Float32Array, (_, place) => {
    const channel = Math.floor(place / inner) % channels
    return Number(data[place + (channels - 1 - 2 * channel) * inner])
  })
  return { dataType: 'float32', dims, data: changed }
}
