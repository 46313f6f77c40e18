import { defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
import { product } from './dimensions.ts'
import { elementsOf } from './elements.ts'

/** The input, repeated along each axis (ONNX Tile) */
export const Tile = defineOperator({
  op: 'Tile',
  inputs: ['input', 'repeats'],
  outputs: ['output'],
  infer: ({ input: { shape, dataType }, repeats }, _, { node }) => {
    const times = elementsOf(repeats)
    if (shape && times && times.length !== shape.length)
      throw shapeError(node, `repeats ${shapeText(shape)} ${shapeText(times)} times, not one number for each axis`)
    const repeated = shape?.map((size, axis) => product(size, times?.[axis] ?? null))
    return { output: typed(dataType, repeated) }
  },
})
