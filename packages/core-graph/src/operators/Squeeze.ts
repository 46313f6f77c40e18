import { defineOperator } from '../operator.ts'

/** data without the axes, which have size 1 (ONNX Squeeze) */
export const Squeeze = defineOperator({
  op: 'Squeeze',
  inputs: ['data', 'axes?'],
  outputs: ['squeezed'],
  infer: ({ data, axes }) => {
    const { shape, dataType, elements } = data
    const dropped = axes?.elements?.map(axis => (Number(axis) + (shape?.length ?? 0)) % (shape?.length ?? 1))
    const known = shape && (axes ? dropped : shape.every(size => typeof size === 'number'))
    const result = known ? shape.filter((size, axis) => (dropped ? !dropped.includes(axis) : size !== 1)) : undefined
    return { squeezed: { dataType, shape: result, ...(elements ? { elements } : {}) } }
  },
})
