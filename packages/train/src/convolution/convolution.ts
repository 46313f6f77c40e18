import { attribute } from '@pare/core-graph'

/** A convolution with every size known; lists have one entry for each spatial axis, `pads` begins, then ends. */
export interface Convolution {
  readonly batch: number
  readonly channels: number
  readonly outputs: number
  readonly group: number
  /** Spatial sizes of the input. */
  readonly image: readonly number[]
  /** Spatial sizes of the output. */
  readonly result: readonly number[]
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly pads: readonly number[]
}

/** The same as attributes of a node. */
export const convolutionAttributes = {
  batch: attribute.required.int(),
  channels: attribute.required.int(),
  outputs: attribute.required.int(),
  group: attribute.required.int(),
  image: attribute.required.ints(),
  result: attribute.required.ints(),
  kernel: attribute.required.ints(),
  strides: attribute.required.ints(),
  dilations: attribute.required.ints(),
  pads: attribute.required.ints(),
}

/** Whether each output pixel is made from one input pixel, by a matrix that is the same for all. */
export const isPointwise = ({ kernel, pads, group }: Convolution): boolean =>
  group === 1 && kernel.every(size => size === 1) && pads.every(pad => pad === 0)

/** Input pixels that a window of the kernel spans, less one. */
export const reachOf = ({ kernel, dilations }: Convolution): number[] =>
  kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1))

/**
 * Pads at the end with which the last window ends where the image does. The image may also reach beyond the last
 * window: they are negative then.
 */
export const exactEnds = (conv: Convolution): number[] =>
  reachOf(conv).map(
    (reach, axis) =>
      ((conv.result[axis] ?? 1) - 1) * (conv.strides[axis] ?? 1) +
      reach +
      1 -
      (conv.image[axis] ?? 0) -
      (conv.pads[axis] ?? 0),
  )

/** A permutation of the leading axes, the spatial axes after them: `[1, 0]` → `[1, 0, 2, 3]`. */
export const withSpatialAxes = (leading: readonly number[], { image }: Convolution): number[] => [
  ...leading,
  ...image.keys().map(axis => leading.length + axis),
]

/** The axes of a tensor `[N, C, *s]` that the sizes s stand for. */
export const spatialAxes = (sizes: readonly unknown[]): number[] => [...sizes.keys()].map(axis => axis + 2)
