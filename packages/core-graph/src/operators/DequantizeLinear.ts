import { dataTypeName } from '../data-type.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { checkScale } from './quantization.ts'

/** y = (x − zeroPoint)·scale; `output_dtype` since operator set 23 (ONNX DequantizeLinear) */
export const DequantizeLinear = defineOperator({
  op: 'DequantizeLinear',
  inputs: ['x', 'x_scale', 'x_zero_point?'],
  outputs: ['y'],
  attributes: { axis: attribute.int(1), block_size: attribute.int(0), output_dtype: attribute.int(0) },
  infer: ({ x, x_scale: scale }, { axis, block_size: block, output_dtype: output }, { node }) => {
    checkScale(x.shape, scale.shape, axis, block, node)
    return { y: typed(output ? (dataTypeName(output) ?? 'undefined') : scale.dataType, x.shape) }
  },
})
