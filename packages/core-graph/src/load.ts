import { fromBinary } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
} from 'onnx-buf'
import { ModelError } from './errors.ts'
import { uniqueNames } from './fresh-names.ts'
import type { Attribute, Graph, GraphBody, Node, ValueInfo } from './graph.ts'
import type { Tensor } from './tensor.ts'
import { loadTensor, type ReadExternal } from './tensor-proto.ts'
import { sortNodes } from './topological-sort.ts'
import { loadValueInfo } from './value-info-proto.ts'

/** The versions of ONNX's own operator set that Pare reads. */
const oldestOpset = 7
const newestOpset = 25

/** Where external data comes from. */
export interface LoadOptions {
  /**
   * Reads from a file of external data. Called when a tensor is first used.
   * @param location as written in the model: a path below the model's folder
   */
  readonly readExternal?: ReadExternal
}

/**
 * Reads an ONNX model. Nothing is lost: what Pare does not understand is kept and written back by `saveModel`.
 * Tensors are views into `bytes`, which must not be changed afterwards.
 *
 * @throws ModelError `MODEL_EMPTY`, `MODEL_NOT_ONNX`, `MODEL_OPSET`, `MODEL_CYCLE`, `MODEL_DUPLICATE_VALUE`,
 *   `MODEL_UNKNOWN_VALUE`, `MODEL_ZERO_DIMENSION`, `MODEL_TENSOR_SIZE`, `MODEL_EXTERNAL_DATA`
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Graph {
  const model = parse(bytes)
  if (!model.graph || model.opsetImport.length === 0)
    throw new ModelError({
      code: 'MODEL_NOT_ONNX',
      message: 'The file holds no ONNX graph with an operator set.',
      hint: 'Give an ONNX model: a .onnx file that starts with a serialized ModelProto.',
    })
  const opsets = new Map(
    model.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]),
  )
  checkOpset(opsets.get(''))
  const body = loadBody(model.graph, new Set(), options)
  for (const input of body.inputs) checkInput(input)
  const graph: Graph = {
    ...body,
    opsets,
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
    functions: model.functions,
    model,
  }
  originals.set(model, graph)
  return graph
}

const originals = new WeakMap<ModelProto, Graph>()

/** The graph as it was loaded of which another was made; undefined for one that comes from no file. */
export const originalOf = ({ model }: Graph): Graph | undefined => model && originals.get(model)

function parse(bytes: Uint8Array): ModelProto {
  if (bytes.byteLength === 0)
    throw new ModelError({
      code: 'MODEL_EMPTY',
      message: 'The file is empty.',
      hint: 'Export or download the model again.',
    })
  try {
    return fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw new ModelError({
      code: 'MODEL_NOT_ONNX',
      message: `The file is not an ONNX model, or is cut off: ${cause instanceof Error ? cause.message : cause}.`,
      hint: 'Check that the file was copied completely and that it is an ONNX model.',
      cause,
    })
  }
}

function checkOpset(version: number | undefined): void {
  if (version === undefined || (version >= oldestOpset && version <= newestOpset)) return
  throw new ModelError({
    code: 'MODEL_OPSET',
    message: `The model uses operator set ${version}; Pare reads ${oldestOpset} to ${newestOpset}.`,
    hint: `Export the model with an operator set from ${oldestOpset} to ${newestOpset} (opset_version in most exporters).`,
  })
}

function checkInput(input: ValueInfo): void {
  if (!input.type?.shape?.includes(0)) return
  throw new ModelError({
    code: 'MODEL_ZERO_DIMENSION',
    message: `The input ${input.name} has the shape [${input.type.shape}], with a dimension of size zero.`,
    hint: 'Export the model with the real size, or with a named (dynamic) dimension.',
  })
}

function loadBody(proto: GraphProto, outer: ReadonlySet<string>, options: LoadOptions): GraphBody {
  const initializers = new Map<string, Tensor>()
  for (const tensor of proto.initializer) initializers.set(tensor.name, loadTensor(tensor, options.readExternal))
  const inputs = proto.input.filter(input => !initializers.has(input.name)).map(loadValueInfo)
  const given = new Set([...inputs.map(input => input.name), ...initializers.keys()])
  for (const { values } of proto.sparseInitializer) if (values) given.add(values.name)
  checkInputs(inputs)
  const outputs = proto.output.map(output => output.name)
  return {
    name: proto.name,
    inputs,
    outputs: proto.output.map(loadValueInfo),
    nodes: loadNodes(proto.node, { given, outer, outputs }, options),
    initializers,
    valueInfo: new Map(proto.valueInfo.map(info => [info.name, loadValueInfo(info)])),
    source: proto,
  }
}

function loadNodes(
  protos: readonly NodeProto[],
  {
    given,
    outer,
    outputs,
  }: { readonly given: ReadonlySet<string>; readonly outer: ReadonlySet<string>; readonly outputs: readonly string[] },
  options: LoadOptions,
): readonly Node[] {
  const made = new Set(protos.flatMap(node => node.output))
  // A body may make a value of a name that the graph around it uses later: inside it, its own is meant.
  const known = new Set([...given, ...[...outer].filter(name => !made.has(name))])
  const visible = new Set([...known, ...made])
  const names = nodeNames(protos)
  const nodes = protos.map((node, index) => loadNode(node, names[index] ?? '', visible, options))
  checkOutputs(nodes, given)
  return sortNodes(nodes, known, outputs)
}

/**
 * The body of a function of the model, in topological order, and the attributes that have a default. An attribute that
 * refers to one of the function is of kind `other`.
 * @throws what `loadModel` throws for a graph
 */
export function loadFunction({ input, output, node, attributeProto }: FunctionProto): {
  readonly nodes: readonly Node[]
  readonly defaults: ReadonlyMap<string, Attribute>
} {
  const nothing: ReadonlySet<string> = new Set()
  return {
    nodes: loadNodes(node, { given: new Set(input), outer: nothing, outputs: output }, {}),
    defaults: new Map(attributeProto.map(item => [item.name, loadAttribute(item, nothing, {})])),
  }
}

/** Those of the file come first, so that no name that is made up takes one of theirs. */
function nodeNames(nodes: readonly NodeProto[]): string[] {
  const unique = uniqueNames()
  const named = nodes.map(({ name }) => name && unique(name))
  return named.map((name, index) => name || unique(`${nodes[index]?.opType}_${index}`))
}

function checkInputs(inputs: readonly ValueInfo[]): void {
  const names = inputs.map(input => input.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new ModelError({
    code: 'MODEL_DUPLICATE_VALUE',
    message: `The graph has two inputs named ${twice}.`,
    hint: 'The model is invalid: every value has one name. Export it again.',
  })
}

function checkOutputs(nodes: readonly Node[], given: ReadonlySet<string>): void {
  const made = new Set<string>()
  for (const node of nodes)
    for (const output of node.outputs) {
      if (output === '') continue
      if (made.has(output) || given.has(output))
        throw new ModelError({
          code: 'MODEL_DUPLICATE_VALUE',
          message: `The value ${output}, made by node ${node.name} (${node.op}), is made twice.`,
          hint: 'The model is invalid: every value has one producer. Export it again.',
          node,
        })
      made.add(output)
    }
}

function loadNode(proto: NodeProto, name: string, visible: ReadonlySet<string>, options: LoadOptions): Node {
  return {
    name,
    op: proto.opType,
    domain: proto.domain === 'ai.onnx' ? '' : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: Object.fromEntries(proto.attribute.map(item => [item.name, loadAttribute(item, visible, options)])),
    source: proto,
  }
}

const utf8 = new TextDecoder()

function loadAttribute(source: AttributeProto, visible: ReadonlySet<string>, options: LoadOptions): Attribute {
  if (source.refAttrName) return { kind: 'other', source }
  switch (source.type) {
    case Kind.FLOAT:
      return { kind: 'float', value: source.f, source }
    case Kind.INT:
      return { kind: 'int', value: Number(source.i), source }
    case Kind.STRING:
      return { kind: 'string', value: utf8.decode(source.s), source }
    case Kind.TENSOR:
      return source.t
        ? { kind: 'tensor', value: loadTensor(source.t, options.readExternal), source }
        : { kind: 'other', source }
    case Kind.GRAPH:
      return source.g
        ? { kind: 'graph', value: loadBody(source.g, visible, options), source }
        : { kind: 'other', source }
    case Kind.FLOATS:
      return { kind: 'floats', value: source.floats, source }
    case Kind.INTS:
      return { kind: 'ints', value: source.ints.map(Number), source }
    case Kind.STRINGS:
      return { kind: 'strings', value: source.strings.map(item => utf8.decode(item)), source }
    case Kind.GRAPHS:
      return { kind: 'graphs', value: source.graphs.map(graph => loadBody(graph, visible, options)), source }
    default:
      return { kind: 'other', source }
  }
}
