import { create, type DescField, type DescMessage, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from 'onnx-buf'

/** Field numbers of onnx.proto whose contents are large. */
const graphField = 7
const initializerField = 5
const rawDataField = 9

/** Elements of fewer bytes are copied like everything else. */
const smallest = 4096

/**
 * A model as protobuf in pieces: large tensors are the views that the model holds, and only what is between them is
 * new. Put together, the pieces are what `toBinary` gives, which copies a large model four times over as it grows.
 */
export function serializeModel(model: ModelProto): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  const small: Uint8Array[] = []
  const flush = () => {
    if (small.length > 0) pieces.push(joined(small))
    small.length = 0
  }
  for (const piece of modelPieces(model)) {
    if (piece.byteLength < smallest) small.push(piece)
    else {
      flush()
      pieces.push(piece)
    }
  }
  flush()
  return pieces
}

/** One array of all pieces, in order. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteCount(pieces))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.byteLength
  }
  return bytes
}

export const byteCount = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.byteLength, 0)

function modelPieces(model: ModelProto): Uint8Array[] {
  if (!model.graph) return [toBinary(ModelProtoSchema, model)]
  return around(ModelProtoSchema, model, graphField, embedded(graphField, graphPieces(model.graph)))
}

const graphPieces = (graph: GraphProto): Uint8Array[] =>
  around(
    GraphProtoSchema,
    graph,
    initializerField,
    graph.initializer.flatMap(tensor => embedded(initializerField, tensorPieces(tensor))),
  )

function tensorPieces(tensor: TensorProto): Uint8Array[] {
  if (tensor.rawData.byteLength < smallest) return [toBinary(TensorProtoSchema, tensor)]
  return around(TensorProtoSchema, tensor, rawDataField, embedded(rawDataField, [tensor.rawData]))
}

/** The message with one field replaced by pieces; fields lie in the order of their numbers, unknown ones at the end. */
function around<Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
  field: number,
  pieces: readonly Uint8Array[],
): Uint8Array[] {
  const before = toBinary(
    schema,
    withFields(schema, message, number => number < field),
  )
  const isBehind = ({ number, localName }: DescField) => number > field && isSet(message, localName)
  if (!message.$unknown && !schema.fields.some(isBehind)) return [before, ...pieces]
  const behind = withFields(schema, message, number => number > field)
  if (message.$unknown) behind.$unknown = message.$unknown
  return [before, ...pieces, toBinary(schema, behind)]
}

const isSet = (message: object, name: string): boolean => {
  const value: unknown = Object.getOwnPropertyDescriptor(message, name)?.value
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}

function withFields<Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
  has: (number: number) => boolean,
): MessageShape<Schema> {
  const copy = create(schema)
  for (const { localName, number } of schema.fields)
    if (has(number) && isSet(message, localName))
      Object.assign(copy, { [localName]: message[localName as keyof typeof message] })
  return copy
}

/** A length-delimited field: its tag, the length, the contents. */
function embedded(field: number, contents: readonly Uint8Array[]): Uint8Array[] {
  const lengthDelimited = 2
  const head = new BinaryWriter().tag(field, lengthDelimited).uint32(byteCount(contents)).finish()
  return [head, ...contents]
}
