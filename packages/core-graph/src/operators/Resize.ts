import type { Dimension } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { tensorFloats } from '../tensor.ts'
import { axisOf, shapeError } from './axis.ts'

/** X at other sizes: those given, or ⌊size·scale⌋, along the axes (ONNX Resize) */
export const Resize = defineOperator({
  op: 'Resize',
  inputs: ['X', 'roi?', 'scales?', 'sizes?'],
  outputs: ['Y'],
  attributes: {
    antialias: attribute.int(0),
    axes: attribute.optional.ints(),
    coordinate_transformation_mode: attribute.string('half_pixel'),
    cubic_coeff_a: attribute.float(-0.75),
    exclude_outside: attribute.int(0),
    extrapolation_value: attribute.float(0),
    keep_aspect_ratio_policy: attribute.string('stretch'),
    mode: attribute.string('nearest'),
    nearest_mode: attribute.string('round_prefer_floor'),
  },
  infer: ({ X, scales, sizes }, { axes, keep_aspect_ratio_policy: policy }, { node }) => {
    const { shape, dataType } = X
    if (!shape) return { Y: typed(dataType, undefined) }
    // Where there are sizes, older files leave scales empty.
    const isScaled = scales !== undefined && scales.shape?.[0] !== 0
    if (isScaled === (sizes !== undefined))
      throw shapeError(node, isScaled ? 'has both scales and sizes' : 'has neither scales nor sizes')
    const factors = scales?.constant && scales.constant.dims[0] !== 0 ? tensorFloats(scales.constant) : undefined
    const resized = (size: Dimension, index: number): Dimension => {
      // A policy that keeps the aspect ratio makes other sizes than those given.
      if (sizes) return policy === 'stretch' ? (sizes.elements?.[index] ?? null) : null
      const factor = factors?.[index]
      if (factor === 1) return size
      return typeof size === 'number' && factor !== undefined ? Math.floor(size * factor) : null
    }
    const along = axes?.map(axis => axisOf(axis, shape.length, node)) ?? [...shape.keys()]
    const result = [...shape]
    for (const [index, axis] of along.entries()) result[axis] = resized(shape[axis] ?? null, index)
    return { Y: typed(dataType, result) }
  },
})
