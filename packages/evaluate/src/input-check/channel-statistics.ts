import { elementCount, type TensorData } from '@pare/core-graph'

/** Statistics of tensors, of each channel and of all values. */
export interface ChannelStatistics {
  readonly axis: number
  readonly mean: readonly number[]
  readonly variance: readonly number[]
  readonly low: number
  readonly high: number
  /** Whether there is no NaN, and nothing infinite. */
  readonly allFinite: boolean
}

/** Adds up statistics over an axis of tensors, batch by batch. */
export function channelSums(channels: number, axis: number) {
  const sums = new Float64Array(channels)
  const squares = new Float64Array(channels)
  let [count, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return {
    add({ dims, data }: TensorData): void {
      const inner = elementCount(dims.slice(axis + 1))
      let place = 0
      for (let block = 0; block < elementCount(dims.slice(0, axis)); block++)
        for (let channel = 0; channel < channels; channel++)
          for (const end = place + inner; place < end; place++) {
            const value = Number(data[place])
            sums[channel] = (sums[channel] ?? 0) + value
            squares[channel] = (squares[channel] ?? 0) + value * value
            if (value < low) low = value
            if (value > high) high = value
          }
      count += data.length / channels
    },
    result(): ChannelStatistics {
      const mean = Array.from(sums, sum => sum / count)
      const variance = Array.from(squares, (square, channel) => Math.max(0, square / count - (mean[channel] ?? 0) ** 2))
      return { axis, mean, variance, low, high, allFinite: variance.every(Number.isFinite) }
    },
  }
}
