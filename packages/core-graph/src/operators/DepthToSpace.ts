import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'

/** [N,C,H,W] → [N,C/b²,H·b,W·b], b the block size (ONNX DepthToSpace) */
export const DepthToSpace = defineOperator({
  op: 'DepthToSpace',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { blocksize: attribute.required.int(), mode: attribute.string('DCR') },
  infer: ({ input: { shape, dataType } }, { blocksize: block }, { node }) => {
    if (block < 1 || (shape && shape.length !== 4))
      throw shapeError(node, `moves blocks of ${block} in a tensor ${shapeText(shape)} that is not [N, C, H, W]`)
    const moved = shape?.map((size, axis) => {
      if (axis === 0 || block === 1) return size
      if (typeof size !== 'number') return null
      return axis === 1 ? size / block ** 2 : size * block
    })
    return { output: typed(dataType, moved) }
  },
})
