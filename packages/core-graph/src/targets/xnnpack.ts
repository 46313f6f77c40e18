import { defineTarget } from '../target.ts'

/**
 * XNNPACK's int8 operators (qs8 with qc8w): signed activations with any zero point, weights signed, symmetric and per
 * channel, bias int32.
 * Source: XNNPACK, `include/xnnpack.h`, the datatypes `xnn_datatype_qint8` and `xnn_datatype_qcint8`.
 */
export const xnnpack = defineTarget({
  id: 'xnnpack',
  description: 'XNNPACK, natively or as WASM: signed activations, weights per channel.',
  newestOpset: 25,
  quantization: {
    activations: { dataType: 'int8', symmetric: false },
    weights: { bits: 8, perChannel: true },
    bias: 'int32',
  },
  quantizedTypes: ['int8', 'int32'],
  symmetricOnly: false,
  saturates: false,
  operators: [
    'Add',
    'AveragePool',
    'Clip',
    'Concat',
    'Conv',
    'ConvTranspose',
    'DequantizeLinear',
    'Flatten',
    'Gemm',
    'GlobalAveragePool',
    'HardSwish',
    'Identity',
    'LeakyRelu',
    'MatMul',
    'MaxPool',
    'Mul',
    'Pad',
    'QuantizeLinear',
    'Relu',
    'Reshape',
    'Resize',
    'Sigmoid',
    'Slice',
    'Softmax',
    'Split',
    'Squeeze',
    'Sub',
    'Tanh',
    'Transpose',
    'Unsqueeze',
  ],
})
