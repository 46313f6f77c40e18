import { defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

/** data[starts:ends:steps] along the axes (ONNX Slice) */
export const Slice = defineOperator({
  op: 'Slice',
  inputs: ['data', 'starts', 'ends', 'axes?', 'steps?'],
  outputs: ['output'],
  infer: ({ data, starts, ends, axes, steps }, _, { node }) => {
    const { shape, dataType } = data
    if (!shape || !starts.elements || !ends.elements || (axes && !axes.elements) || (steps && !steps.elements))
      return {
        output: typed(
          dataType,
          shape?.map(() => null),
        ),
      }
    const result = [...shape]
    const from = starts.elements
    for (const index of from.keys()) {
      const axis = axisOf(Number(axes?.elements?.[index] ?? index), shape.length, node)
      const size = shape[axis]
      const [start, end, step] = [from[index], ends.elements[index], steps?.elements?.[index] ?? 1]
      result[axis] =
        typeof size === 'number' && typeof start === 'number' && typeof end === 'number' && typeof step === 'number'
          ? sliceLength(size, start, end, step)
          : null
    }
    return { output: typed(dataType, result) }
  },
})

function sliceLength(size: number, start: number, end: number, step: number): number {
  const clamp = (value: number, low: number, high: number) =>
    Math.min(high, Math.max(low, value < 0 ? value + size : value))
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  return Math.max(0, Math.ceil((clamp(end, low, high) - clamp(start, low, high)) / step))
}
