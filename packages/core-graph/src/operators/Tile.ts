import { defineOperator, typed } from '../operator.ts'

/** The input, repeated along each axis (ONNX Tile) */
export const Tile = defineOperator({
  op: 'Tile',
  inputs: ['input', 'repeats'],
  outputs: ['output'],
  infer: ({ input: { shape, dataType }, repeats }) => ({
    output: typed(
      dataType,
      shape?.map((size, axis) => {
        const times = repeats.elements?.[axis]
        if (times === 1) return size
        return typeof size === 'number' && typeof times === 'number' ? size * times : null
      }),
    ),
  }),
})
