import type { Dimension, Node } from '../graph.ts'
import { defineOperator, typed } from '../operator.ts'
import { axesOf, shapeError } from './axis.ts'
import { elementsOf } from './elements.ts'

/** data[starts:ends:steps] along the axes (ONNX Slice) */
export const Slice = defineOperator({
  op: 'Slice',
  inputs: ['data', 'starts', 'ends', 'axes?', 'steps?'],
  outputs: ['output'],
  infer: ({ data, starts, ends, axes, steps }, _, { node }) => {
    const { shape, dataType, elements } = data
    const from = elementsOf(starts)
    const along = shape && axesOf(axes ? axes.elements : from && [...from.keys()], shape.length, node)
    if (!shape || !along)
      return {
        output: typed(
          dataType,
          shape?.map(() => null),
        ),
      }
    if (from && from.length !== along.length)
      throw shapeError(node, `has ${from.length} starts for ${along.length} axes`)
    const range = (index: number): Range => [
      from?.[index] ?? null,
      ends.elements?.[index] ?? null,
      steps ? (steps.elements?.[index] ?? null) : 1,
    ]
    const result = [...shape]
    for (const [index, axis] of along.entries()) result[axis] = slicedSize(shape[axis] ?? null, range(index), node)
    const kept = elements && (along.length === 0 ? elements : sliced(elements, range(0)))
    return { output: { ...typed(dataType, result), ...(kept ? { elements: kept } : {}) } }
  },
})

type Range = readonly [start: Dimension, end: Dimension, step: Dimension]

const isNumeric = (range: Range): range is readonly [number, number, number] =>
  range.every(item => typeof item === 'number')

/** PyTorch and the specification write "to the end" as the largest int32 or int64. */
const end32 = 2 ** 31 - 1

function slicedSize(size: Dimension, range: Range, node: Node): Dimension {
  const [start, end, step] = range
  if (step === 0) throw shapeError(node, 'goes in steps of 0')
  const isWhole = start === 0 && step === 1 && (end === size || (typeof end === 'number' && end >= end32))
  if (isWhole) return size
  return typeof size === 'number' && isNumeric(range) ? stretchOf(size, range).count : null
}

function sliced(elements: readonly Dimension[], range: Range): readonly Dimension[] | undefined {
  if (!isNumeric(range)) return undefined
  const { first, count } = stretchOf(elements.length, range)
  return Array.from({ length: count }, (_, index) => elements[first + index * range[2]] ?? null)
}

/** Which of `size` positions a slice takes; negative ones count from the back, those beyond the ends stop there. */
function stretchOf(size: number, [start, end, step]: readonly [number, number, number]) {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const place = (value: number) => Math.min(high, Math.max(low, value < 0 ? value + size : value))
  const first = place(start)
  return { first, count: Math.max(0, Math.ceil((place(end) - first) / step)) }
}
