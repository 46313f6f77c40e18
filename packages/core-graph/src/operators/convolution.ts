import type { Node, Shape } from '../graph.ts'
import { attribute } from '../operator.ts'
import { shapeError } from './axis.ts'
import { type WindowAttributes, windowedSizes, windowOf } from './spatial.ts'

/** The attributes of Conv and its quantized forms. */
export const convolutionAttributes = {
  auto_pad: attribute.string('NOTSET'),
  dilations: attribute.optional.ints(),
  group: attribute.int(1),
  kernel_shape: attribute.optional.ints(),
  pads: attribute.optional.ints(),
  strides: attribute.optional.ints(),
}

export interface ConvolutionAttributes extends Omit<WindowAttributes, 'kernel_shape'> {
  readonly group: number
  readonly kernel_shape: readonly number[] | undefined
}

/**
 * X:[N,C,*s], W:[O,C/group,*k] → [N,O,*s′].
 * @throws ModelError `MODEL_SHAPE` when ranks, channels and groups do not go together
 */
export function convolutionShape(
  x: Shape | undefined,
  w: Shape | undefined,
  attributes: ConvolutionAttributes,
  node: Node,
): Shape | undefined {
  const { group } = attributes
  const kernel = attributes.kernel_shape ?? w?.slice(2)
  if (!x || !w || !kernel?.every(size => typeof size === 'number')) return undefined
  if (x.length < 3 || x.length !== w.length || kernel.length !== x.length - 2)
    throw shapeError(node, `convolves [${x}] with weights [${w}] of another rank`)
  const [channels, perGroup, outputs] = [x[1], w[1], w[0]]
  const fits = typeof channels !== 'number' || typeof perGroup !== 'number' || channels === perGroup * group
  if (group < 1 || !fits || (typeof outputs === 'number' && outputs % group !== 0))
    throw shapeError(node, `convolves [${x}] in ${group} group(s) with weights [${w}], whose channels do not fit`)
  const sizes = x.slice(2)
  const window = windowOf(sizes, { ...attributes, kernel_shape: kernel })
  return [x[0] ?? null, w[0] ?? null, ...windowedSizes(sizes, window, node)]
}

/** Multiply-adds: every output element takes one kernel over its group's channels. */
export const convolutionMacs = (w: readonly number[], y: readonly number[]): number =>
  [...y, ...w.slice(1)].reduce((product, size) => product * size, 1)
