import type { Dimension, Node } from '../graph.ts'
import { attribute, defineOperator, type Inferred, typed } from '../operator.ts'
import { tensorNumbers } from '../tensor.ts'
import { axisOf, shapeError, shapeText } from './axis.ts'
import { sum } from './dimensions.ts'
import { elementsOf } from './elements.ts'

/** Parts of the input along the axis, of the given sizes or of equal ones, the last smaller (ONNX Split) */
export const Split = defineOperator({
  op: 'Split',
  inputs: ['input', 'split?'],
  outputs: ['outputs...'],
  attributes: { axis: attribute.int(0), num_outputs: attribute.optional.int() },
  infer: ({ input, split }, { axis, num_outputs: parts }, { outputCount, node }) => {
    const { shape, dataType, elements } = input
    const along = shape && axisOf(axis, shape.length, node)
    const whole = (along === undefined ? undefined : shape?.[along]) ?? null
    // The builder asks for as many as the attribute says; a file says it of the outputs that it lists.
    if (!split && outputCount > 0 && parts !== undefined && parts !== outputCount)
      throw shapeError(node, `has num_outputs ${parts}, with ${outputCount} outputs`)
    if (!split && parts === undefined) throw shapeError(node, 'says neither the sizes of its parts nor their number')
    const unknown = Array<Dimension>(outputCount).fill(null)
    const sizes = split ? (sizesOf(split) ?? unknown) : equalParts(whole, parts ?? outputCount)
    checkSizes(sizes, whole, outputCount, node)
    return {
      outputs: sizes.map((size, index) => {
        const part = typed(
          dataType,
          shape?.map((other, position) => (position === along ? size : other)),
        )
        const picked = elements && partOf(elements, sizes, index)
        return picked ? { ...part, elements: picked } : part
      }),
    }
  },
})

/** The sizes that are stated, however many: those of a constant are known beyond what is followed of others. */
const sizesOf = (split: Inferred): readonly Dimension[] | undefined =>
  split.constant ? tensorNumbers(split.constant) : elementsOf(split)

function equalParts(whole: Dimension, count: number): readonly Dimension[] {
  const part = typeof whole === 'number' ? Math.ceil(whole / count) : null
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    part === null || typeof whole !== 'number' || index < count - 1 ? part : whole - part * (count - 1),
  )
}

function checkSizes(sizes: readonly Dimension[], whole: Dimension, outputCount: number, node: Node): void {
  const total = sizes.reduce(sum, 0)
  const differ = typeof total === 'number' && typeof whole === 'number' && total !== whole
  if (differ || sizes.length === 0 || outputCount > sizes.length)
    throw shapeError(
      node,
      `splits an axis of ${whole ?? '?'} into parts of ${shapeText(sizes)}, with ${outputCount} outputs`,
    )
}

function partOf(elements: readonly Dimension[], sizes: readonly Dimension[], index: number): Inferred['elements'] {
  const start = sizes.slice(0, index).reduce(sum, 0)
  const size = sizes[index]
  return typeof start === 'number' && typeof size === 'number' ? elements.slice(start, start + size) : undefined
}
