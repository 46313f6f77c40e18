import type { Dimension, Node, Shape } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
import { type ConvolutionAttributes, convolutionAttributes } from './convolution.ts'
import { checkWindow, windowOf } from './spatial.ts'

/** X:[N,C,*s], W:[C,O/group,*k], B:[O] → Y:[N,O,*s′]; MACs = |X|·O/group·Πk (ONNX ConvTranspose) */
export const ConvTranspose = defineOperator({
  op: 'ConvTranspose',
  inputs: ['X', 'W', 'B?'],
  outputs: ['Y'],
  attributes: {
    ...convolutionAttributes,
    output_padding: attribute.optional.ints(),
    output_shape: attribute.optional.ints(),
  },
  infer: ({ X, W }, attributes, { node }) => ({
    Y: typed(X.dataType, X.shape && W.shape && transposedShape(X.shape, W.shape, attributes, node)),
  }),
  macs: ({ inputs: { X = [], W = [] } }) => [...X, ...W.slice(1)].reduce((product, size) => product * size, 1),
})

interface TransposedAttributes extends ConvolutionAttributes {
  readonly output_padding: readonly number[] | undefined
  readonly output_shape: readonly number[] | undefined
}

function transposedShape(x: Shape, w: Shape, attributes: TransposedAttributes, node: Node): Shape | undefined {
  const { auto_pad: autoPad, group, output_padding: more, output_shape: stated } = attributes
  const kernel = attributes.kernel_shape ?? w.slice(2)
  if (!kernel.every(size => typeof size === 'number')) return undefined
  const [channels, given, perGroup] = [x[1], w[0], w[1]]
  const differ = typeof channels === 'number' && typeof given === 'number' && channels !== given
  if (
    x.length < 3 ||
    x.length !== w.length ||
    group < 1 ||
    differ ||
    (typeof given === 'number' && given % group !== 0)
  )
    throw shapeError(node, `spreads ${shapeText(x)} in ${group} group(s) with weights ${shapeText(w)}`)
  const sizes = x.slice(2)
  const window = windowOf(sizes, { ...attributes, kernel_shape: kernel })
  checkWindow(sizes, window, node)
  if ([more, stated].some(values => values && values.length !== sizes.length))
    throw shapeError(
      node,
      `has output_padding [${more ?? ''}] and output_shape [${stated ?? ''}] for ${sizes.length} axes`,
    )
  const { strides, dilations, pads = [] } = window
  const spread = sizes.map((size, axis): Dimension => {
    if (stated) return stated[axis] ?? null
    const stride = strides[axis] ?? 1
    if (typeof size !== 'number') return null
    if (autoPad.startsWith('SAME')) return size * stride
    const padding = (pads[axis] ?? 0) + (pads[axis + sizes.length] ?? 0)
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return (size - 1) * stride + reach + (more?.[axis] ?? 0) - padding
  })
  return [x[0] ?? null, typeof perGroup === 'number' ? perGroup * group : null, ...spread]
}
