import { defineQuantizedBinary } from './quantization.ts'

/** C = A + B of quantized tensors, broadcast, quantized again (onnxruntime's contrib operators) */
export const QLinearAdd = defineQuantizedBinary('QLinearAdd')
