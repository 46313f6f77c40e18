import { defineOperator } from '../operator.ts'

/** data with axes of size 1 put in at the places given (ONNX Unsqueeze) */
export const Unsqueeze = defineOperator({
  op: 'Unsqueeze',
  inputs: ['data', 'axes'],
  outputs: ['expanded'],
  infer: ({ data, axes }) => {
    const { shape, dataType, elements } = data
    if (!shape || !axes.elements) return { expanded: { dataType, shape: undefined } }
    const rank = shape.length + axes.elements.length
    const places = new Set(axes.elements.map(axis => (Number(axis) + rank) % rank))
    const rest = shape.values()
    const result = Array.from({ length: rank }, (_, axis) => (places.has(axis) ? 1 : (rest.next().value ?? null)))
    return { expanded: { dataType, shape: result, ...(elements && rank === 1 ? { elements } : {}) } }
  },
})
