import type { Dimension, Shape } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError } from './axis.ts'

/** [*a,*b] → [Πa, Πb], cut before the axis, which may be the rank (ONNX Flatten) */
export const Flatten = defineOperator({
  op: 'Flatten',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: attribute.int(1) },
  infer: ({ input: { shape, dataType } }, { axis }, { node }) => {
    if (!shape) return { output: typed(dataType, [null, null]) }
    const cut = axis < 0 ? axis + shape.length : axis
    if (cut < 0 || cut > shape.length) throw shapeError(node, `cuts [${shape}] before axis ${axis}`)
    return { output: typed(dataType, [product(shape.slice(0, cut)), product(shape.slice(cut))]) }
  },
})

/** A single symbol among ones stays that symbol. */
function product(shape: Shape): Dimension {
  const others = shape.filter(size => size !== 1)
  if (others.length === 1) return others[0] ?? null
  const numbers = others.filter(size => typeof size === 'number')
  return numbers.length === others.length ? numbers.reduce((total, size) => total * size, 1) : null
}
