import type { FlowValue } from '../channels/labels.ts'
import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'

/** A stretch of an axis: its bounds move as channels before and in it are cut. Steps other than 1 keep them all. */
export const Slice = defineChannelRule({
  op: 'Slice',
  flow: (inputs, _, flow) => {
    const stretches = stretchesOf(inputs)
    if (!stretches) return {}
    const { data } = inputs
    return {
      output: data.shape.map((size, axis) => {
        const stretch = stretches.get(axis)
        if (!stretch) return data.axis(axis)
        const { first, end, step } = stretch
        if (step !== 1 || typeof size !== 'number') return undefined
        return flow.spread(data.axis(axis), Math.max(0, end - first), place => first + place)
      }),
    }
  },
  cut: (inputs, _, { kept }) => {
    const stretches = [...(stretchesOf(inputs) ?? [])]
    const starts = inputs.starts.numbers ?? []
    const ends = inputs.ends.numbers ?? []
    const moved = stretches.map(([axis, { first, end }], index) => {
      const places = kept(inputs.data, axis)
      if (places.length === inputs.data.shape[axis] || typeof inputs.data.shape[axis] !== 'number')
        return { start: starts[index] ?? 0, end: ends[index] ?? 0 }
      const before = (bound: number) => places.filter(place => place < bound).length
      return { start: before(first), end: before(end) }
    })
    return { inputs: { starts: moved.map(({ start }) => start), ends: moved.map(({ end }) => end) } }
  },
})

interface Stretch {
  readonly first: number
  readonly end: number
  readonly step: number
}

interface SliceInputs {
  readonly data: FlowValue
  readonly starts: FlowValue
  readonly ends: FlowValue
  readonly axes?: FlowValue | undefined
  readonly steps?: FlowValue | undefined
}

/** What is taken of each axis that is sliced, in the order of `starts`; undefined where that is computed. */
function stretchesOf({ data, starts, ends, axes, steps }: SliceInputs): ReadonlyMap<number, Stretch> | undefined {
  const [from, to] = [starts.numbers, ends.numbers]
  const along = axes ? axes.numbers : from?.map((_, index) => index)
  const by = steps ? steps.numbers : from?.map(() => 1)
  if (!from || !to || !along || !by) return undefined
  return new Map(
    along.map((axis, index) => {
      const place = fromFront(axis, data.shape.length)
      const size = Number(data.shape[place])
      const bound = (value: number) => Math.min(size, Math.max(0, value < 0 ? value + size : value))
      return [place, { first: bound(from[index] ?? 0), end: bound(to[index] ?? 0), step: by[index] ?? 1 }]
    }),
  )
}
