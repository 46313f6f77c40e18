import { defineTarget } from '../target.ts'

/**
 * TensorRT with explicit quantization: signed and symmetric, so every zero point is 0; weights per channel; the bias
 * stays float, because no DequantizeLinear of int32 is read.
 * Source: NVIDIA TensorRT 11 documentation, "Working with Quantized Types" and "ONNX Opset Guide";
 * onnx-tensorrt, docs/operators.md.
 * Tensor Cores take channels by 8 in half floats, and 2:4 sparse weights along the input channels: the same documentation,
 * "Structured Sparsity" and "Optimizing for Tensor Cores".
 */
export const tensorrt = defineTarget({
  id: 'tensorrt',
  description: "NVIDIA's TensorRT, by explicit quantization: signed, symmetric, the bias float.",
  newestOpset: 25,
  quantization: {
    activations: { dataType: 'int8', symmetric: true },
    weights: { bits: 8, perChannel: true },
    bias: 'float',
  },
  quantizedTypes: ['int8', 'int4', 'float8e4m3fn', 'float4e2m1'],
  symmetricOnly: true,
  missing: ['ConvInteger', 'DynamicQuantizeLinear', 'MatMulInteger', 'QLinearConv', 'QLinearMatMul'],
  saturates: false,
  domains: [''],
  channelMultiple: 8,
  sparsity: '2:4',
})
