import { attribute, defineOperator, type InferContext, type Inferred, typed } from '../operator.ts'
import { type WindowAttributes, windowedSizes, windowOf } from './spatial.ts'

/** The attributes of MaxPool and AveragePool. */
export const poolAttributes = {
  auto_pad: attribute.string('NOTSET'),
  ceil_mode: attribute.int(0),
  dilations: attribute.optional.ints(),
  kernel_shape: attribute.required.ints(),
  pads: attribute.optional.ints(),
  strides: attribute.optional.ints(),
}

/** [N,C,*s] → [N,C,*s′]: one value for each window. */
export function pooled(
  X: Inferred,
  attributes: WindowAttributes & { readonly ceil_mode: number },
  { node }: InferContext,
): Inferred {
  if (!X.shape) return typed(X.dataType, undefined)
  const sizes = X.shape.slice(2)
  const window = windowOf(sizes, attributes)
  return typed(X.dataType, [...X.shape.slice(0, 2), ...windowedSizes(sizes, window, node, attributes.ceil_mode === 1)])
}

/** [N,C,*s] → [N,C,1,…]: one value for each channel. */
export const defineGlobalPool = <const Op extends string>(op: Op) =>
  defineOperator({
    op,
    inputs: ['X'],
    outputs: ['Y'],
    infer: ({ X }) => ({
      Y: typed(
        X.dataType,
        X.shape?.map((size, axis) => (axis < 2 ? size : 1)),
      ),
    }),
  })
