import { defineTarget } from '../target.ts'
import { onnxruntimeNode } from './onnxruntime-node.ts'

/**
 * onnxruntime's WASM build in a browser. Its SIMD kernels widen to 16 bits before they multiply, so nothing saturates
 * and weights keep 8 bits. Symmetric activations are u8 with zero point 128, as for onnxruntime everywhere.
 */
export const onnxruntimeWeb = defineTarget({
  id: 'onnxruntime-web',
  description: "onnxruntime's WASM build in a browser, on the CPU.",
  newestOpset: onnxruntimeNode.newestOpset,
  quantization: {
    activations: { dataType: 'uint8', symmetric: false },
    weights: { bits: 8, perChannel: true },
    bias: 'int32',
  },
  quantizedTypes: onnxruntimeNode.quantizedTypes,
  symmetricOnly: false,
  saturates: false,
})
