import { create } from '@bufbuild/protobuf'
import { StringStringEntryProtoSchema, type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from 'onnx-buf'
import { copyOf } from './copy-of.ts'
import { byteLength, type DataType, dataTypeCode, dataTypeName } from './data-type.ts'
import { ModelError } from './errors.ts'
import { elementCount, type Tensor, tensorByteLength, tensorBytes } from './tensor.ts'

/** Reads from a file of external data. */
export type ReadExternal = (location: string, offset: number, length: number) => Uint8Array

/** @throws ModelError `MODEL_TENSOR_TYPE`, `MODEL_TENSOR_SIZE`, `MODEL_ZERO_DIMENSION`, `MODEL_EXTERNAL_DATA` */
export function loadTensor(proto: TensorProto, readExternal: ReadExternal | undefined): Tensor {
  const dataType = dataTypeName(proto.dataType)
  const dims = proto.dims.map(Number)
  if (!dataType || dims.some(dim => dim < 0))
    throw new ModelError({
      code: 'MODEL_TENSOR_TYPE',
      message: `The tensor ${proto.name} has element type ${proto.dataType} and shape [${dims}], which ONNX does not know.`,
      hint: 'The file is damaged or newer than this version of Pare.',
    })
  checkTensor(proto, dataType, dims)
  if (isExternal(proto))
    return { dataType, dims, storage: externalStorage(proto, byteLength(dataType, elementCount(dims)), readExternal) }
  return { dataType, dims, storage: { kind: 'proto', proto } }
}

function checkTensor(proto: TensorProto, dataType: DataType, dims: readonly number[]): void {
  if (dims.length > 1 && dims.includes(0))
    throw new ModelError({
      code: 'MODEL_ZERO_DIMENSION',
      message: `The tensor ${proto.name} has the shape [${dims}], with a dimension of size zero.`,
      hint: 'A layer without channels does nothing: remove it, or export the model again.',
    })
  if (isExternal(proto)) return
  const isRaw = proto.rawData.byteLength > 0
  const unit = isRaw ? 'bytes' : 'elements'
  const expected = isRaw ? byteLength(dataType, elementCount(dims)) : fieldLength(dataType, elementCount(dims))
  const given = isRaw ? proto.rawData.byteLength : sum(elementFields(proto).map(field => field.length))
  if (given === expected) return
  throw new ModelError({
    code: 'MODEL_TENSOR_SIZE',
    message: `The tensor ${proto.name} of type ${dataType} and shape [${dims}] takes ${expected} ${unit}, but the file has ${given}.`,
    hint: 'The file is damaged: export or download it again.',
  })
}

const isExternal = (proto: TensorProto): boolean => proto.dataLocation === TensorProto_DataLocation.EXTERNAL

const elementFields = (proto: TensorProto): readonly (readonly unknown[])[] => [
  proto.floatData,
  proto.doubleData,
  proto.int32Data,
  proto.int64Data,
  proto.uint64Data,
  proto.stringData,
]

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** Complex numbers take two; of the smallest types, one holds as many as a byte does (TensorProto, "int32_data"). */
function fieldLength(dataType: DataType, count: number): number {
  if (dataType.startsWith('complex')) return 2 * count
  const packed = byteLength(dataType, count)
  return dataType === 'string' ? count : Math.min(count, packed)
}

function externalStorage(
  proto: TensorProto,
  expected: number,
  readExternal: ReadExternal | undefined,
): Tensor['storage'] {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get('location') ?? ''
  const offset = Number(entries.get('offset') ?? 0)
  const length = Number(entries.get('length') ?? expected)
  const problem = !location
    ? 'names no file'
    : length !== expected
      ? `gives ${length} bytes where its shape takes ${expected}`
      : !Number.isSafeInteger(offset) || offset < 0
        ? `starts at the impossible offset ${entries.get('offset')}`
        : !readExternal
          ? `lies in the file ${location}, and nothing was given to read it with`
          : undefined
  if (problem || !readExternal) throw externalError(proto, `${problem}`)
  const checkedLength = (read: Uint8Array) => {
    if (read.byteLength === length) return read
    throw externalError(proto, `takes ${length} bytes of ${location}, which has ${read.byteLength} at ${offset}`)
  }
  let bytes: Uint8Array | undefined
  return {
    kind: 'external',
    proto,
    read: () => {
      bytes ??= checkedLength(readExternal(location, offset, length))
      return bytes
    },
  }
}

const externalError = (proto: TensorProto, problem: string) =>
  new ModelError({
    code: 'MODEL_EXTERNAL_DATA',
    message: `The external data of tensor ${proto.name} ${problem}.`,
    hint: 'Keep the data file whole and beside the model, under the name that the model was exported with.',
  })

/** A file of external data that is being filled. */
export interface ExternalFile {
  readonly pieces: Uint8Array[]
  readonly takes: (tensor: Tensor) => boolean
  /** Appends the bytes and says where they lie. */
  readonly put: (bytes: Uint8Array) => Record<'location' | 'offset' | 'length', string>
}

/** A new one; it takes tensors of at least `threshold` bytes, default 1024. */
export function externalFile({ location, threshold = 1024 }: { location: string; threshold?: number }): ExternalFile {
  const pieces: Uint8Array[] = []
  let size = 0
  const append = (bytes: Uint8Array) => {
    pieces.push(bytes)
    size += bytes.byteLength
  }
  return {
    pieces,
    takes: tensor => tensor.dataType !== 'string' && tensorByteLength(tensor) >= threshold,
    put: bytes => {
      append(new Uint8Array((alignment - (size % alignment)) % alignment))
      const offset = size
      append(bytes)
      return { location, offset: String(offset), length: String(bytes.byteLength) }
    },
  }
}

/** Offsets of external tensors are multiples of this, so that a runtime can map the file (ONNX, "External Data"). */
const alignment = 4096

/** Back as it was loaded; with its elements in the external file where that takes it, else inside. */
export function saveTensor(name: string, tensor: Tensor, external: ExternalFile | undefined): TensorProto {
  const { storage } = tensor
  if (external?.takes(tensor)) {
    const place = external.put(tensorBytes(tensor))
    return copyOf(withoutElements(name, tensor), {
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(place).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    })
  }
  if (storage.kind === 'proto') return copyOf(storage.proto, { name })
  return copyOf(withoutElements(name, tensor), { rawData: tensorBytes(tensor) as Uint8Array<ArrayBuffer> })
}

/** All that a tensor is beside its elements and where they lie. */
function withoutElements(name: string, { dataType, dims, storage }: Tensor): TensorProto {
  const tensor = create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: dataTypeCode(dataType) })
  if (storage.kind === 'bytes') return tensor
  const { docString, metadataProps, $unknown = [] } = storage.proto
  return copyOf(tensor, { docString, metadataProps, $unknown })
}
