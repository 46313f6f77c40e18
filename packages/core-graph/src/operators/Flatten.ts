import type { Shape } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'

/** [*a,*b] → [Πa, Πb], cut before the axis (ONNX Flatten) */
export const Flatten = defineOperator({
  op: 'Flatten',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: attribute.int(1) },
  infer: ({ input: { shape, dataType } }, { axis }) => {
    if (!shape) return { output: typed(dataType, [null, null]) }
    const cut = axis < 0 ? axis + shape.length : axis
    return { output: typed(dataType, [product(shape.slice(0, cut)), product(shape.slice(cut))]) }
  },
})

function product(shape: Shape) {
  const others = shape.filter(size => size !== 1)
  if (others.length === 1) return others[0] ?? null
  return others.reduce<number | null>(
    (total, size) => (total === null || typeof size !== 'number' ? null : total * size),
    1,
  )
}
