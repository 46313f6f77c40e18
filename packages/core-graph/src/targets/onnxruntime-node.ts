import { defineTarget } from '../target.ts'

/**
 * onnxruntime's CPU provider on machines that nobody chose. Its kernels for u8 activations and s8 weights use
 * VPMADDUBSW on x86 without VNNI (most Intel CPUs before 2019, AMD before Zen 4), which adds two products and saturates
 * at 16 bits; with weights of 7 bits 2 · 255 · 64 fits. Symmetric activations are u8 with zero point 128, the same
 * values as s8 with 0, which the kernels make u8 first.
 * Source: onnxruntime's documentation, "Quantize ONNX models", on data type selection and `reduce_range`.
 * Convolutions run on blocks of 8 channels (16 with AVX-512): `MlasNchwcGetBlockSize` in core/mlas/lib/snchwc.cpp.
 */
export const onnxruntimeNode = defineTarget({
  id: 'onnxruntime-node',
  description: 'onnxruntime on the CPU, in Node, Electron or natively, on x86 CPUs with or without VNNI and on Arm.',
  newestOpset: 26,
  quantization: {
    activations: { dataType: 'uint8', symmetric: false },
    weights: { bits: 7, perChannel: true },
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
  saturates: true,
  channelMultiple: 8,
})
