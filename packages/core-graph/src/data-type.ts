/**
 * Element types of ONNX tensors, by the names that onnxruntime uses for them, in the order of
 * `TensorProto.DataType` (ONNX IR, "Tensor Element Types").
 */
const dataTypes = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
] as const

export type DataType = (typeof dataTypes)[number]

/** The name of a `TensorProto.DataType`; `undefined` for a number that this version does not know. */
export const dataTypeName = (code: number): DataType | undefined => dataTypes[code]

/** The number of a type in ONNX's files (TensorProto.DataType). */
export const dataTypeCode = (dataType: DataType): number => dataTypes.indexOf(dataType)

const bits: Readonly<Record<DataType, number>> = {
  undefined: 0,
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  string: 0,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
  float8e8m0: 8,
  uint2: 2,
  int2: 2,
}

/** Bytes of `count` elements, sub-byte types packed; 0 for strings, whose length is not fixed. */
export const byteLength = (dataType: DataType, count: number): number => Math.ceil((bits[dataType] * count) / 8)

/** Whether arithmetic on it is floating point. */
export const isFloat = (dataType: DataType): boolean =>
  dataType === 'float32' || dataType === 'float64' || dataType === 'float16' || dataType === 'bfloat16'

/** Whether elements are integers, signed or not, of any width. */
export const isInteger = (dataType: DataType): boolean => /^u?int\d+$/.test(dataType)
