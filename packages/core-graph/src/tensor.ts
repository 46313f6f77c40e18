import type { TensorProto } from 'onnx-buf'
import { byteLength, type DataType } from './data-type.ts'
import { ModelError } from './errors.ts'

/**
 * A constant tensor. Its bytes are a view into the file that it came from, and are never written in place:
 * a changed tensor is a new one.
 */
export interface Tensor {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly storage: TensorStorage
}

export type TensorStorage =
  /** Little-endian elements in row-major order. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** As loaded: written back as it was. */
  | { readonly kind: 'proto'; readonly proto: TensorProto }
  /** In another file, read when it is needed. */
  | {
      readonly kind: 'external'
      readonly proto: TensorProto
      /** The bytes of the elements. */
      readonly read: () => Uint8Array
    }

/** The typed arrays that a tensor's elements are read into; float16 and bfloat16 stay raw in a `Uint16Array`. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

type TypedArrayConstructor = {
  new (buffer: ArrayBuffer): TypedArray
  readonly BYTES_PER_ELEMENT: number
}

const arrays: Partial<Readonly<Record<DataType, TypedArrayConstructor>>> = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
}

/** Number of elements of a shape; 1 for a scalar. */
export const elementCount = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/**
 * A tensor of the given elements (kept by reference: do not write to them afterwards).
 * @throws ModelError `MODEL_TENSOR_SIZE` when their number is not that of the shape.
 */
export function tensorOf(dataType: DataType, dims: readonly number[], data: TypedArray | readonly number[]): Tensor {
  const elements = ArrayBuffer.isView(data) ? data : typedArrayOf(dataType, data)
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
  if (bytes.byteLength !== byteLength(dataType, elementCount(dims)))
    throw new ModelError({
      code: 'MODEL_TENSOR_SIZE',
      message: `A ${dataType} tensor of shape [${dims}] takes ${byteLength(dataType, elementCount(dims))} bytes, not ${bytes.byteLength}.`,
      hint: 'Give as many elements, of that type, as the shape says.',
    })
  return { dataType, dims, storage: { kind: 'bytes', bytes } }
}

/**
 * A number as an int64, kept within its range: exporters write the largest int64 for "to the end", which as a number
 * rounds up to one beyond it.
 */
export const int64 = (value: number): bigint => {
  const whole = BigInt(value)
  return whole >= 2n ** 63n ? 2n ** 63n - 1n : whole < -(2n ** 63n) ? -(2n ** 63n) : whole
}

function typedArrayOf(dataType: DataType, values: readonly number[]): TypedArray {
  if (dataType === 'int64') return BigInt64Array.from(values, int64)
  if (dataType === 'uint64') return BigUint64Array.from(values, BigInt)
  const array = newTypedArray(dataType, values.length)
  for (const [index, value] of values.entries()) array[index] = value
  return array
}

/** A zeroed typed array for `count` elements. @throws ModelError `MODEL_TENSOR_TYPE` where JavaScript has none for the type. */
export function newTypedArray(dataType: DataType, count: number): TypedArray {
  const ArrayOf = arrayConstructor(dataType)
  return new ArrayOf(new ArrayBuffer(count * ArrayOf.BYTES_PER_ELEMENT))
}

function arrayConstructor(dataType: DataType): TypedArrayConstructor {
  const ArrayOf = arrays[dataType]
  if (!ArrayOf)
    throw new ModelError({
      code: 'MODEL_TENSOR_TYPE',
      message: `Elements of type ${dataType} cannot be read one by one.`,
      hint: 'Pare computes with tensors of float, double, half, bool and integers of 8 to 64 bits: export the model with those.',
    })
  return ArrayOf
}

/** Little-endian elements in row-major order: a view where the file has them so, else a copy. */
export function tensorBytes(tensor: Tensor): Uint8Array {
  const { storage } = tensor
  if (storage.kind === 'bytes') return storage.bytes
  if (storage.kind === 'external') return storage.read()
  return protoBytes(storage.proto, tensor.dataType)
}

function protoBytes(proto: TensorProto, dataType: DataType): Uint8Array {
  if (proto.rawData.byteLength > 0) return proto.rawData
  const elements = protoElements(proto, dataType)
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
}

// ONNX keeps small types widened in int32Data (TensorProto, "int32_data").
function protoElements(proto: TensorProto, dataType: DataType): TypedArray {
  if (dataType === 'float32') return Float32Array.from(proto.floatData)
  if (dataType === 'float64') return Float64Array.from(proto.doubleData)
  if (dataType === 'int64') return BigInt64Array.from(proto.int64Data)
  if (dataType === 'uint64') return BigUint64Array.from(proto.uint64Data)
  if (dataType === 'uint32') return Uint32Array.from(proto.uint64Data, Number)
  if (dataType === 'uint4' || dataType === 'int4' || dataType === 'uint2' || dataType === 'int2')
    return Uint8Array.from(proto.int32Data)
  const elements = newTypedArray(dataType, proto.int32Data.length)
  elements.set(proto.int32Data as never)
  return elements
}

/** The elements as a typed array, aligned: a view where possible. Read only. */
export function tensorElements(tensor: Tensor): TypedArray {
  const ArrayOf = arrayConstructor(tensor.dataType)
  const bytes = tensorBytes(tensor)
  const aligned = bytes.byteOffset % ArrayOf.BYTES_PER_ELEMENT === 0 && bytes.buffer instanceof ArrayBuffer
  // Not slice(), which copies nothing where the bytes are a Node Buffer.
  const view = aligned ? bytes : new Uint8Array(bytes)
  const make = ArrayOf as unknown as new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray
  return new make(view.buffer, view.byteOffset, Math.floor(view.byteLength / ArrayOf.BYTES_PER_ELEMENT))
}

/** The elements of a float32 tensor. @throws ModelError `MODEL_TENSOR_TYPE` for any other type. */
export function tensorFloats(tensor: Tensor): Float32Array {
  const elements = tensorElements(tensor)
  if (elements instanceof Float32Array) return elements
  throw new ModelError({
    code: 'MODEL_TENSOR_TYPE',
    message: `Expected a float32 tensor, got ${tensor.dataType}.`,
    hint: 'Export the model with float32 weights.',
  })
}

/** The elements as numbers: for shapes, axes and other small integer tensors. int64 beyond 2^53 is rounded. */
export const tensorNumbers = (tensor: Tensor): number[] =>
  Array.from(tensorElements(tensor) as Iterable<number | bigint>, Number)

/** Size in memory; strings count as their UTF-8 bytes. */
export function tensorByteLength(tensor: Tensor): number {
  if (tensor.dataType === 'string' && tensor.storage.kind === 'proto')
    return tensor.storage.proto.stringData.reduce((sum, item) => sum + item.byteLength, 0)
  return byteLength(tensor.dataType, elementCount(tensor.dims))
}
