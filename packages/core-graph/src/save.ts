import { create } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type OperatorSetIdProto,
  OperatorSetIdProtoSchema,
  type StringStringEntryProto,
  StringStringEntryProtoSchema,
  type ValueInfoProto,
} from 'onnx-buf'
import { copyOf } from './copy-of.ts'
import type { Attribute, Graph, GraphBody, Node } from './graph.ts'
import { byteCount, joined, serializeModel } from './serialize.ts'
import { int64, type Tensor } from './tensor.ts'
import { type ExternalFile, externalFile, saveTensor } from './tensor-proto.ts'
import { saveValueInfo } from './value-info-proto.ts'

/** Where the elements of large tensors go. */
export interface SaveOptions {
  /** Put tensors of at least `threshold` bytes (default 1024) into a second file of this name, beside the model. */
  readonly external?: { readonly location: string; readonly threshold?: number }
}

/** A model as the bytes of its files. */
export interface SavedModel {
  /** In memory of its own. */
  readonly model: Uint8Array<ArrayBuffer>
  /** Pieces of the external file, in order; empty without the `external` option. */
  readonly externalData: readonly Uint8Array[]
}

/** The ONNX IR version of new models: the first that knows operator set 21 (onnx/docs/Versioning.md). */
const irVersion = 10n

/** Writes a graph as an ONNX model. What was loaded and not changed is written back as it was. */
export function saveModel(graph: Graph, options: SaveOptions = {}): SavedModel {
  const { pieces, externalData } = saveModelPieces(graph, options)
  return { model: joined(pieces), externalData }
}

/**
 * `saveModel` in pieces, whose large ones are the graph's own tensors: for whoever writes them one after another, or
 * only counts them.
 */
export function saveModelPieces(
  graph: Graph,
  options: SaveOptions = {},
): { readonly pieces: readonly Uint8Array[]; readonly externalData: readonly Uint8Array[] } {
  const external = options.external ? externalFile(options.external) : undefined
  const pieces = serializeModel(modelMessage(graph, external))
  return { pieces, externalData: external?.pieces ?? [] }
}

/** How many bytes `saveModel` gives, external data included. */
export function savedBytes(graph: Graph): number {
  return byteCount(saveModelPieces(graph).pieces)
}

/** The message of a graph; elements go into the external file where there is one. */
export function modelMessage(graph: Graph, external?: ExternalFile): ModelProto {
  const model = copyOf(graph.model ?? create(ModelProtoSchema, { irVersion, producerName: 'pare' }), {
    opsetImport: saveOpsets(graph),
    metadataProps: saveMetadata(graph),
    functions: [...graph.functions],
    graph: saveBody(graph, external),
  })
  if ((graph.opsets.get('') ?? 0) >= 21 && model.irVersion < irVersion) model.irVersion = irVersion
  return model
}

function saveBody(body: GraphBody, external: ExternalFile | undefined): GraphProto {
  const { source } = body
  return copyOf(source ?? create(GraphProtoSchema), {
    name: body.name,
    input: saveInputs(body),
    output: body.outputs.map(saveValueInfo),
    node: body.nodes.map(node => saveNode(node, external)),
    initializer: [...body.initializers].map(([name, tensor]) => saveTensor(name, tensor, external)),
    valueInfo: [...body.valueInfo.values()].map(saveValueInfo),
  })
}

/** `ai.onnx` is another name of ONNX's own domain. */
const sameDomain = (a: string, b: string) => a === b || (a === 'ai.onnx' && b === '')

function saveOpsets(graph: Graph): OperatorSetIdProto[] {
  const loaded = graph.model?.opsetImport ?? []
  return [...graph.opsets].map(
    ([domain, version]) =>
      loaded.find(item => sameDomain(item.domain, domain) && Number(item.version) === version) ??
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
  )
}

function saveMetadata(graph: Graph): StringStringEntryProto[] {
  const loaded = new Map(graph.model?.metadataProps.map(entry => [entry.key, entry]))
  return [...graph.metadata].map(([key, value]) => {
    const entry = loaded.get(key)
    return entry?.value === value ? entry : create(StringStringEntryProtoSchema, { key, value })
  })
}

/** In the order of the file, with the initializers that old files list as inputs too; what is new comes last. */
function saveInputs({ inputs, initializers, source }: GraphBody): ValueInfoProto[] {
  const left = new Map(inputs.map(input => [input.name, input]))
  const known = (source?.input ?? []).flatMap(listed => {
    const input = left.get(listed.name)
    left.delete(listed.name)
    if (input) return [saveValueInfo(input)]
    const tensor = initializers.get(listed.name)
    return tensor ? [listedInitializer(tensor, listed)] : []
  })
  return [...known, ...[...left.values()].map(saveValueInfo)]
}

/** What a file says of an initializer that it lists as an input, unless that was changed: pruned weights are smaller. */
const listedInitializer = ({ storage, dataType, dims }: Tensor, listed: ValueInfoProto): ValueInfoProto =>
  storage.kind === 'bytes'
    ? saveValueInfo({ name: listed.name, type: { dataType, shape: dims }, source: listed })
    : listed

function saveNode(node: Node, external: ExternalFile | undefined): NodeProto {
  return copyOf(node.source ?? create(NodeProtoSchema, { name: node.name }), {
    opType: node.op,
    domain: node.source && sameDomain(node.source.domain, node.domain) ? node.source.domain : node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => saveAttribute(name, attribute, external)),
  })
}

const utf8 = new TextEncoder()
const encode = (text: string) => utf8.encode(text) as Uint8Array<ArrayBuffer>

function saveAttribute(name: string, attribute: Attribute, external: ExternalFile | undefined): AttributeProto {
  // A body may have been changed, and external data must come along, without the attribute being another.
  const isWhole = attribute.kind !== 'graph' && attribute.kind !== 'graphs' && attribute.kind !== 'tensor'
  if (attribute.source && isWhole) return attribute.source
  switch (attribute.kind) {
    case 'float':
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value })
    case 'int':
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: int64(attribute.value) })
    case 'string':
      return create(AttributeProtoSchema, { name, type: Kind.STRING, s: encode(attribute.value) })
    case 'tensor':
      return copyOf(attribute.source ?? create(AttributeProtoSchema, { name, type: Kind.TENSOR }), {
        t: saveTensor(attribute.source?.t?.name ?? '', attribute.value, undefined),
      })
    case 'floats':
      return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...attribute.value] })
    case 'ints':
      return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: attribute.value.map(int64) })
    case 'strings':
      return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: attribute.value.map(encode) })
    case 'graph':
      return copyOf(attribute.source ?? create(AttributeProtoSchema, { name, type: Kind.GRAPH }), {
        g: saveBody(attribute.value, external),
      })
    case 'graphs':
      return copyOf(attribute.source ?? create(AttributeProtoSchema, { name, type: Kind.GRAPHS }), {
        graphs: attribute.value.map(body => saveBody(body, external)),
      })
    default:
      return attribute.source
  }
}
