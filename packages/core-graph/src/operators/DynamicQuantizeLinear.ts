import { defineOperator, typed } from '../operator.ts'

/** y = x as uint8, by its own minimum and maximum, with the scale and zero point used (ONNX DynamicQuantizeLinear) */
export const DynamicQuantizeLinear = defineOperator({
  op: 'DynamicQuantizeLinear',
  inputs: ['x'],
  outputs: ['y', 'y_scale', 'y_zero_point'],
  infer: ({ x }) => ({ y: typed('uint8', x.shape), y_scale: typed('float32', []), y_zero_point: typed('uint8', []) }),
})
