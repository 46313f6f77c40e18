import { defineTarget } from '../target.ts'

/**
 * onnxruntime's WASM build in a browser. Its SIMD kernels widen to 16 bits before they multiply, so nothing saturates
 * and weights keep 8 bits. Symmetric activations are u8 with zero point 128, as for onnxruntime everywhere.
 */
export const onnxruntimeWeb = defineTarget({
  id: 'onnxruntime-web',
  description: "onnxruntime's WASM build in a browser, on the CPU.",
  newestOpset: 26,
  quantization: {
    activations: { dataType: 'uint8', symmetric: false },
    weights: { bits: 8, perChannel: true },
    bias: 'int32',
  },
  quantizedTypes: [
    'uint8',
    'int8',
    'uint16',
    'int16',
    'int32',
    'uint4',
    'int4',
    'uint2',
    'int2',
    'float8e4m3fn',
    'float8e4m3fnuz',
    'float8e5m2',
    'float8e5m2fnuz',
  ],
  symmetricOnly: false,
  saturates: false,
})
