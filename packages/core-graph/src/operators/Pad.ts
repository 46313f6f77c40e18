import { attribute, defineOperator, typed } from '../operator.ts'
import { axesOf, shapeError, shapeText } from './axis.ts'
import { sum } from './dimensions.ts'
import { elementsOf } from './elements.ts'

/** data with borders; pads: [begin…, end…] of the axes (ONNX Pad) */
export const Pad = defineOperator({
  op: 'Pad',
  inputs: ['data', 'pads', 'constant_value?', 'axes?'],
  outputs: ['output'],
  attributes: { mode: attribute.string('constant') },
  infer: ({ data, pads, axes }, _, { node }) => {
    const { shape, dataType } = data
    const padded = shape && axesOf(axes ? axes.elements : [...shape.keys()], shape.length, node)
    if (!shape || !padded)
      return {
        output: typed(
          dataType,
          shape?.map(() => null),
        ),
      }
    const given = elementsOf(pads)
    if (given && given.length !== 2 * padded.length)
      throw shapeError(node, `has pads ${shapeText(given)}, not two for each of ${padded.length} axes`)
    const result = [...shape]
    for (const [index, axis] of padded.entries()) {
      const [begin = null, end = null] = [given?.[index], given?.[index + padded.length]]
      result[axis] = [begin, end].reduce(sum, shape[axis] ?? null)
    }
    return { output: typed(dataType, result) }
  },
})
