import type { Dimension, Shape } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'

/** The same elements in another shape: 0 copies a dimension, −1 is what is left (ONNX Reshape) */
export const Reshape = defineOperator({
  op: 'Reshape',
  inputs: ['data', 'shape'],
  outputs: ['reshaped'],
  attributes: { allowzero: attribute.int(0) },
  infer: ({ data, shape }, { allowzero }) => {
    if (!shape.elements) return { reshaped: typed(data.dataType, undefined) }
    const wanted = shape.elements.map((size, axis) => (size === 0 && !allowzero ? (data.shape?.[axis] ?? null) : size))
    const rest = data.shape && wanted.includes(-1) ? remaining(data.shape, wanted) : null
    const elements = data.elements && wanted.length <= 1 ? { elements: data.elements } : {}
    return {
      reshaped: {
        ...typed(
          data.dataType,
          wanted.map(size => (size === -1 ? rest : size)),
        ),
        ...elements,
      },
    }
  },
})

/** What −1 stands for: equal symbols cancel. */
function remaining(from: Shape, wanted: Shape): Dimension {
  const left: Dimension[] = [...from]
  let divisor = 1
  for (const size of wanted) {
    if (size === -1) continue
    if (typeof size === 'number') divisor *= size
    else {
      const index = size === null ? -1 : left.indexOf(size)
      if (index < 0) return null
      left.splice(index, 1)
    }
  }
  const product = left.reduce<number>((total, size) => (typeof size === 'number' ? total * size : total), 1)
  const symbols = left.filter(size => typeof size !== 'number')
  if (symbols.length === 0) return product / divisor
  return symbols.length === 1 && product === divisor ? (symbols[0] ?? null) : null
}
