import { ModelError } from '../errors.ts'
import type { Dimension, Node } from '../graph.ts'
import { shapeError } from './axis.ts'

/** The attributes that Conv and the pools share, as far as a node gives them. */
export interface WindowAttributes {
  readonly auto_pad: string
  readonly kernel_shape: readonly number[]
  readonly strides: readonly number[] | undefined
  readonly dilations?: readonly number[] | undefined
  readonly pads: readonly number[] | undefined
  readonly ceil_mode?: number
}

/** A window that slides over spatial axes, with every default filled in. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** `[begin of each axis…, end of each axis…]`; undefined while they depend on an unknown size (auto_pad). */
  readonly pads: readonly number[] | undefined
}

/**
 * Resolves strides, dilations and pads, `auto_pad` included (ONNX specification of Conv and MaxPool).
 * @param sizes spatial sizes of the input
 */
export function windowOf(sizes: readonly Dimension[], attributes: WindowAttributes): Window {
  const { kernel_shape: kernel, auto_pad: autoPad } = attributes
  const rank = kernel.length
  const strides = attributes.strides ?? Array<number>(rank).fill(1)
  const dilations = attributes.dilations ?? Array<number>(rank).fill(1)
  const window = { kernel, strides, dilations }
  if (autoPad === 'VALID') return { ...window, pads: Array<number>(2 * rank).fill(0) }
  if (autoPad === 'NOTSET') return { ...window, pads: attributes.pads ?? Array<number>(2 * rank).fill(0) }
  const totals = sizes.map((size, axis) => {
    const stride = strides[axis] ?? 1
    const reach = reachOf(window, axis)
    if (typeof size !== 'number') return stride === 1 ? reach - 1 : undefined
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size)
  })
  if (totals.some(total => total === undefined)) return { ...window, pads: undefined }
  const less = totals.map(total => Math.floor((total ?? 0) / 2))
  const more = totals.map((total, axis) => (total ?? 0) - (less[axis] ?? 0))
  return { ...window, pads: autoPad === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less] }
}

/** How far a window reaches along an axis, dilation included. */
const reachOf = ({ kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>, axis: number): number =>
  ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1

/** @throws ModelError `MODEL_SHAPE` when a window has not one positive kernel size, stride and dilation for each axis */
export function checkWindow(sizes: readonly Dimension[], window: Window, node: Node): void {
  const { kernel, strides, dilations, pads } = window
  const isPositive = (values: readonly number[]) =>
    values.length === sizes.length && values.every(value => Number.isSafeInteger(value) && value >= 1)
  if ([kernel, strides, dilations].every(isPositive) && (!pads || pads.length === 2 * sizes.length)) return
  const given = `kernel [${kernel}], strides [${strides}], dilations [${dilations}] and pads [${pads}]`
  throw shapeError(node, `slides over ${sizes.length} axes with ${given}`)
}

/**
 * Sizes of the output of a sliding window; one that the window leaves as it is may be a symbol.
 * @throws ModelError `MODEL_SHAPE` when the window is larger than the input, or does not fit its axes
 */
export function windowedSizes(sizes: readonly Dimension[], window: Window, node: Node, ceil = false): Dimension[] {
  checkWindow(sizes, window, node)
  return sizes.map((size, axis) => {
    const { kernel, strides, pads } = window
    if (!pads) return null
    const begin = pads[axis] ?? 0
    const padding = begin + (pads[axis + kernel.length] ?? 0)
    const reach = reachOf(window, axis)
    const stride = strides[axis] ?? 1
    if (typeof size !== 'number') return stride === 1 && padding === reach - 1 ? size : null
    const padded = size + padding
    if (padded < reach)
      throw new ModelError({
        code: 'MODEL_SHAPE',
        message: `Node ${node.name} (${node.op}): a window of ${reach} does not fit into ${padded} (axis ${axis + 2}, padding included).`,
        hint: 'The input is too small for this model: give a larger input shape.',
        node,
      })
    if (!ceil) return Math.floor((padded - reach) / stride) + 1
    const count = Math.ceil((padded - reach) / stride) + 1
    // A window that would start in the end padding is left out (as in onnxruntime and PyTorch).
    return (count - 1) * stride >= size + begin ? count - 1 : count
  })
}
