import { windowOf } from '@pare/core-graph'
import { defineLowering } from '../lowering.ts'

/** Y = W ∗ X + B, in the form that is fastest for its shape */
export const Conv = defineLowering({
  op: 'Conv',
  lower: (lowerer, { X, W, B }, attributes, node) => {
    const [outputs = 0, , ...kernel] = W.sizes ?? []
    const [Y] = node.outputs.map(lowerer.sizes)
    if (!Y || !X.sizes || kernel.length === 0 || X.dataType !== 'float32') return undefined
    if (!X.image) {
      lowerer.note(`Convolutions over a batch of ${X.sizes[0]} stay plain: it is no multiple of ${lowerer.block}.`)
      return undefined
    }
    const { batch, channels, spatial: image } = X.image
    const { strides, dilations, pads = [] } = windowOf(image, { ...attributes, kernel_shape: kernel })
    const { group } = attributes
    const conv = { batch, channels, outputs, group, image, result: Y.slice(2), kernel, strides, dilations, pads }
    const form = lowerer.formOf('forward', conv, lowerer.block)
    if (!form) {
      lowerer.note(
        `The convolution ${node.name} stays plain: it has ${group} groups of ${channels / group} channels, or negative pads.`,
      )
      return undefined
    }
    const { b } = lowerer
    const rows = form.forward(lowerer, X, W.plain(), conv)
    return { Y: { rows: B ? b.Add(rows, b.Reshape(B.plain(), b.ints(outputs, 1))) : rows } }
  },
})
