import { defineLowering } from '../lowering.ts'

/** One number for each image and channel, repeated over the image: kept small, as [C, N] */
export const Expand = defineLowering({
  op: 'Expand',
  lower: (lowerer, { input }, _attributes, node) => {
    const image = lowerer.image(node.outputs[0] ?? '')
    const isRepeated =
      image && image.area > 1 && input.image?.batch === image.batch && input.image.channels === image.channels
    return isRepeated && input.image.area === 1 ? { output: { repeated: input.rows() } } : undefined
  },
})
