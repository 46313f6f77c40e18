import { defineOperator } from '../operator.ts'
import { axesOf, shapeError } from './axis.ts'

/** data without the axes, which have size 1; without all axes of size 1 where none are given (ONNX Squeeze) */
export const Squeeze = defineOperator({
  op: 'Squeeze',
  inputs: ['data', 'axes?'],
  outputs: ['squeezed'],
  infer: ({ data: { shape, dataType, elements }, axes }, _, { node }) => {
    const dropped = axes && shape && axesOf(axes.elements, shape.length, node)
    const known = shape && (axes ? dropped : shape.every(size => typeof size === 'number'))
    if (!known) return { squeezed: { dataType, shape: undefined, ...(elements ? { elements } : {}) } }
    const wide = dropped?.find(axis => typeof shape[axis] === 'number' && shape[axis] !== 1)
    if (wide !== undefined) throw shapeError(node, `drops axis ${wide} of [${shape}], whose size is not 1`)
    const result = shape.filter((size, axis) => (dropped ? !dropped.includes(axis) : size !== 1))
    return { squeezed: { dataType, shape: result, ...(elements ? { elements } : {}) } }
  },
})
