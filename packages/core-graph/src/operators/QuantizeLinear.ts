import { dataTypeName } from '../data-type.ts'
import { attribute, defineOperator, typed } from '../operator.ts'

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
  infer: ({ x, y_zero_point: zeroPoint }, { output_dtype: output }) => ({
    y: typed(zeroPoint?.dataType ?? (output ? (dataTypeName(output) ?? 'uint8') : 'uint8'), x.shape),
  }),
})
