import { defineOperator } from '../operator.ts'
import { axesOf, shapeError } from './axis.ts'

/** data with axes of size 1 put in at the places given (ONNX Unsqueeze) */
export const Unsqueeze = defineOperator({
  op: 'Unsqueeze',
  inputs: ['data', 'axes'],
  outputs: ['expanded'],
  infer: ({ data: { shape, dataType, elements }, axes }, _, { node }) => {
    const rank = (shape?.length ?? 0) + (axes.elements?.length ?? 0)
    const places = shape && new Set(axesOf(axes.elements, rank, node))
    if (!shape || !axes.elements || !places) return { expanded: { dataType, shape: undefined } }
    if (places.size !== axes.elements.length) throw shapeError(node, `names an axis twice: [${axes.elements}]`)
    const rest = shape.values()
    const result = Array.from({ length: rank }, (_, axis) => (places.has(axis) ? 1 : (rest.next().value ?? null)))
    return { expanded: { dataType, shape: result, ...(elements && rank === 1 ? { elements } : {}) } }
  },
})
