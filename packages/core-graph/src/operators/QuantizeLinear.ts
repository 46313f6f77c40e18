import { dataTypeName } from '../data-type.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { checkScale } from './quantization.ts'

/** y = saturate(round(x / scale) + zeroPoint) (ONNX QuantizeLinear) */
export const QuantizeLinear = defineOperator({
  op: 'QuantizeLinear',
  inputs: ['x', 'y_scale', 'y_zero_point?'],
  outputs: ['y'],
  attributes: {
    axis: attribute.int(1),
    block_size: attribute.int(0),
    output_dtype: attribute.int(0),
    saturate: attribute.int(1),
  },
  infer: (
    { x, y_scale: scale, y_zero_point: zeroPoint },
    { axis, block_size: block, output_dtype: output },
    { node },
  ) => {
    checkScale(x.shape, scale.shape, axis, block, node)
    const stated = output ? (dataTypeName(output) ?? 'undefined') : 'uint8'
    return { y: typed(zeroPoint?.dataType ?? stated, x.shape) }
  },
})
