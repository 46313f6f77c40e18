import { attribute, defineOperator, typed } from '../operator.ts'

/** Y:[N,C,1,…], or [N,1,…,C] with the channels last: the mean of each channel, quantized again (onnxruntime's contrib operators) */
export const QLinearGlobalAveragePool = defineOperator({
  op: 'QLinearGlobalAveragePool',
  domain: 'com.microsoft',
  inputs: ['X', 'x_scale', 'x_zero_point', 'y_scale', 'y_zero_point'],
  outputs: ['Y'],
  attributes: { channels_last: attribute.int(0) },
  infer: ({ X: { dataType, shape } }, { channels_last: last }) => {
    const channels = last ? (shape?.length ?? 0) - 1 : 1
    return {
      Y: typed(
        dataType,
        shape?.map((size, axis) => (axis === 0 || axis === channels ? size : 1)),
      ),
    }
  },
})
