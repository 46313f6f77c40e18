import { create } from '@bufbuild/protobuf'
import {
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf'
import { copyOf } from './copy-of.ts'
import { dataTypeCode, dataTypeName } from './data-type.ts'
import type { Dimension, TensorType, ValueInfo } from './graph.ts'
import { int64 } from './tensor.ts'

export function loadValueInfo(source: ValueInfoProto): ValueInfo {
  return { name: source.name, type: loadType(source), source }
}

function loadType({ type }: ValueInfoProto): TensorType | undefined {
  if (type?.value.case !== 'tensorType') return undefined
  const { elemType, shape } = type.value.value
  const dataType = dataTypeName(elemType)
  if (!dataType || dataType === 'undefined') return undefined
  return {
    dataType,
    shape: shape?.dim.map(({ value }): Dimension => {
      if (value.case === 'dimValue') return Number(value.value) < 0 ? null : Number(value.value)
      return value.case === 'dimParam' && value.value ? value.value : null
    }),
  }
}

/** Back as it was loaded, but for a name or a type that was changed. */
export function saveValueInfo({ name, type, source }: ValueInfo): ValueInfoProto {
  const isKept = !type || (source && isSame(type, loadType(source)))
  return copyOf(source ?? create(ValueInfoProtoSchema), {
    name,
    ...(isKept ? {} : { type: saveType(type, source?.type) }),
  })
}

const isSame = (type: TensorType, loaded: TensorType | undefined) =>
  type.dataType === loaded?.dataType &&
  type.shape?.length === loaded.shape?.length &&
  (type.shape?.every((dimension, axis) => dimension === loaded.shape?.[axis]) ?? true)

function saveType({ dataType, shape }: TensorType, source = create(TypeProtoSchema)): TypeProto {
  const value = create(TypeProto_TensorSchema, {
    elemType: dataTypeCode(dataType),
    ...(shape ? { shape: create(TensorShapeProtoSchema, { dim: shape.map(saveDimension) }) } : {}),
  })
  return copyOf(source, { value: { case: 'tensorType', value } })
}

const saveDimension = (dimension: Dimension) =>
  create(TensorShapeProto_DimensionSchema, {
    value:
      typeof dimension === 'number'
        ? { case: 'dimValue', value: int64(dimension) }
        : typeof dimension === 'string'
          ? { case: 'dimParam', value: dimension }
          : { case: undefined },
  })
