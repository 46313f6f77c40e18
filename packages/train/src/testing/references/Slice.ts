import fc from 'fast-check'
import { anyAxes, anyDims, anyEach } from '../arbitraries.ts'
import { positive, stridesOf, sum, view } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const beyond = 2 ** 31 - 1

/** Any slice that takes something of each axis. */
const arbitrary = anyDims(1, 3)
  .chain(data => fc.tuple(fc.constant(data), anyAxes(data)))
  .chain(([data, axes]) =>
    fc
      .tuple(
        anyEach(axes.length, 0, 3),
        anyEach(axes.length, 0, 4),
        anyEach(axes.length, 1, 3),
        anyEach(axes.length, 0, 1),
      )
      .map(([first, more, step, turn]) => {
        const each = axes.map((axis, place) => {
          const size = data.at(axis) ?? 1
          const low = Math.min(first[place] ?? 0, size - 1)
          const high = Math.min(low + (more[place] ?? 0), size - 1)
          const stride = step[place] ?? 1
          return turn[place]
            ? [high, low - 1 - size, -stride]
            : [stride === 1 ? low : low - size, high + 1 === size ? beyond : high + 1, stride]
        })
        const column = (place: number) => ({ ints: each.map(row => row[place] ?? 0) })
        return { inputs: { data, starts: column(0), ends: column(1), axes: { ints: axes }, steps: column(2) } }
      }),
  )

export const Slice = defineReference({
  op: 'Slice',
  cases: [
    { name: 'of leading axes', inputs: { data: [4, 5, 2], starts: { ints: [1, -3] }, ends: { ints: [3, beyond] } } },
    {
      name: 'every second',
      inputs: { data: [2, 7], starts: { ints: [1] }, ends: { ints: [6] }, axes: { ints: [1] }, steps: { ints: [2] } },
    },
    {
      name: 'backwards',
      inputs: {
        data: [2, 5],
        starts: { ints: [-1] },
        ends: { ints: [-beyond] },
        axes: { ints: [-1] },
        steps: { ints: [-2] },
      },
    },
    {
      name: 'backwards from beyond the end',
      inputs: {
        data: [5, 2],
        starts: { ints: [beyond] },
        ends: { ints: [0] },
        axes: { ints: [0] },
        steps: { ints: [-1] },
      },
    },
  ],
  arbitrary,
  forward: inputs => {
    const data = input(inputs, 'data')
    const [starts, ends] = [input(inputs, 'starts').data, input(inputs, 'ends').data]
    const steps = inputs.steps?.data ?? starts.map(() => 1)
    const [dims, strides] = [[...data.dims], stridesOf(data.dims)]
    const offsets = [...(inputs.axes?.data ?? starts.keys())].map((given, place) => {
      const axis = positive(given, dims.length)
      const [size = 1, stride = 1, step = 1] = [data.dims[axis], strides[axis], steps[place]]
      const taken: number[] = []
      const start = positive(starts[place] ?? 0, size)
      const end = positive(ends[place] ?? 0, size)
      for (
        let at = Math.min(start, step > 0 ? size : size - 1);
        step > 0 ? at < Math.min(end, size) : at > Math.max(end, -1);
        at += step
      )
        taken.push(at)
      dims[axis] = taken.length
      strides[axis] = stride * step
      return (taken[0] ?? 0) * stride
    })
    return view(data, dims, strides, sum(offsets))
  },
})
