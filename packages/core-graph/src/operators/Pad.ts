import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

/** data with borders; pads: [begin…, end…] of the axes (ONNX Pad) */
export const Pad = defineOperator({
  op: 'Pad',
  inputs: ['data', 'pads', 'constant_value?', 'axes?'],
  outputs: ['output'],
  attributes: { mode: attribute.string('constant') },
  infer: ({ data, pads, axes }, _, { node }) => {
    const { shape, dataType } = data
    if (!shape || !pads.elements || (axes && !axes.elements))
      return {
        output: typed(
          dataType,
          shape?.map(() => null),
        ),
      }
    const padded = axes?.elements?.map(axis => axisOf(Number(axis), shape.length, node)) ?? [...shape.keys()]
    const result = [...shape]
    for (const [index, axis] of padded.entries()) {
      const [size, begin, end] = [shape[axis], pads.elements[index], pads.elements[index + padded.length]]
      result[axis] =
        typeof size === 'number' && typeof begin === 'number' && typeof end === 'number' ? size + begin + end : null
    }
    return { output: typed(dataType, result) }
  },
})
