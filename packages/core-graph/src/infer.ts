import { ModelError } from './errors.ts'
import { capturesOf, type Dimension, type Graph, type GraphBody, type Node, readsOf, type TensorType } from './graph.ts'
import { type AnyOperator, byName, type Inferred, readAttributes } from './operator.ts'
import { shapeText } from './operators/axis.ts'
import { followedElements } from './operators/elements.ts'
import { operators } from './operators/registry.ts'
import { elementCount, type Tensor, tensorNumbers } from './tensor.ts'

/** What is known of the values of a graph. */
export interface InferredTypes {
  /** What is known of each value: type, shape, and the value itself where it is constant. */
  readonly values: ReadonlyMap<string, Inferred>
  /** Nodes whose outputs are not known, and why. */
  readonly unknown: readonly { readonly node: Node; readonly reason: string }[]
}

const remembered = new WeakMap<Graph, InferredTypes>()
const registry: ReadonlyMap<string, AnyOperator> = new Map(
  Object.values(operators).map(operator => [`${operator.domain}:${operator.op}`, operator as unknown as AnyOperator]),
)

/** The record of an operator, by the node's domain and name. */
export const operatorOf = (node: Pick<Node, 'op' | 'domain'>): AnyOperator | undefined =>
  registry.get(`${node.domain}:${node.op}`)

/**
 * Infers the type and shape of every value, with symbolic dimensions. An operator without a rule is told in
 * `unknown`, not guessed; what its outputs are then comes from the file's own annotations, where it has them.
 * Rules describe operator set 21: upgrade older graphs first (`upgradeOpset`). Made once for a graph.
 *
 * @throws ModelError `MODEL_SHAPE` where shapes cannot go together, `MODEL_ATTRIBUTE` for a malformed attribute
 */
export function inferTypes(graph: Graph): InferredTypes {
  const known = remembered.get(graph)
  if (known) return known
  const values = new Map<string, Inferred>()
  for (const input of graph.inputs) if (input.type) values.set(input.name, input.type)
  const result = { values, unknown: inferNodes(graph, values) }
  remembered.set(graph, result)
  return result
}

/** Infers all nodes of a graph or body into `values`; returns those that could not be, and why. */
function inferNodes(body: GraphBody, values: Map<string, Inferred>, depth = 0): InferredTypes['unknown'] {
  const unknown: { node: Node; reason: string }[] = []
  for (const [name, tensor] of body.initializers) values.set(name, inferredConstant(tensor))
  for (const node of body.nodes) {
    const reason = inferNode(node, values, depth)
    if (reason === undefined) continue
    unknown.push({ node, reason })
    for (const output of node.outputs) {
      const stated = annotationOf(body, output)
      if (stated) values.set(output, stated)
    }
  }
  return unknown
}

type LookUp = (name: string) => Inferred | undefined

/** A loop infers its body up to thrice, so loops in loops would take for ever. */
const deepest = 6

/** A body of a node, its inputs given; what is not known of them, and of its outputs, is what the file says. */
function inferBody(body: GraphBody, inputs: readonly (Inferred | undefined)[], around: LookUp, depth: number) {
  const stated = body.outputs.map(({ type }) => type)
  if (depth > deepest) return stated
  const values = new Map<string, Inferred>()
  for (const name of capturesOf(body)) {
    const captured = around(name)
    if (captured) values.set(name, captured)
  }
  for (const [index, { name, type }] of body.inputs.entries()) {
    const known = inputs[index] ?? type
    if (known) values.set(name, known)
  }
  try {
    inferNodes(body, values, depth)
  } catch (error) {
    // A branch that is never taken need not fit.
    if (error instanceof ModelError && error.code === 'MODEL_SHAPE') return stated
    throw error
  }
  return body.outputs.map(({ name, type }) => values.get(name) ?? type)
}

/** Type and shape of one value. @throws ModelError `MODEL_UNKNOWN_TYPE` when they are not known. */
export function typeOf(graph: Graph, name: string): TensorType {
  const type = inferTypes(graph).values.get(name)
  if (type) return type
  throw new ModelError({
    code: 'MODEL_UNKNOWN_TYPE',
    message: `The type of the value ${name} is not known.`,
    hint: 'It comes from an operator that Pare has no shape rule for (`pare inspect` lists them).',
  })
}

const annotationOf = (graph: GraphBody, name: string): TensorType | undefined =>
  graph.valueInfo.get(name)?.type ?? graph.outputs.find(output => output.name === name)?.type

/** Infers one node's outputs into `values`; returns why that could not be done. */
export function inferNode(node: Node, values: Map<string, Inferred>, depth = 0): string | undefined {
  const operator = operatorOf(node)
  if (!operator) return `no shape rule for ${node.domain ? `${node.domain}.` : ''}${node.op}`
  const missing = readsOf(node).find(name => !values.has(name))
  if (missing !== undefined) return `the type of its input ${missing} is not known`
  const outputs = inferOutputs(operator, node, name => values.get(name), depth)
  for (const [index, output] of outputs.entries()) {
    const name = node.outputs[index]
    if (name && output) values.set(name, withConstantElements(output))
  }
  const unsaid = node.outputs.find(name => name && !values.has(name))
  return unsaid && `the type of its output ${unsaid} does not follow from its inputs`
}

/** What an operator's rule says of a node's outputs, in the order of the node's outputs. */
export function inferOutputs(operator: AnyOperator, node: Node, lookUp: LookUp, depth = 0): (Inferred | undefined)[] {
  const inputs = byName(
    operator.inputs,
    node.inputs.map(name => (name ? lookUp(name) : undefined)),
  )
  checkRequired(operator, node, inputs)
  const attributes = readAttributes(node, operator.attributes)
  const outputs = operator.infer(inputs as never, attributes as never, {
    outputCount: node.outputs.length,
    node,
    inferBody: (body, given) => inferBody(body, given, lookUp, depth + 1),
  })
  const results = operator.outputs.flatMap(spec => {
    const output = outputs[spec.replace(/\?$|\.\.\.$/, '')]
    return Array.isArray(output) ? (output as Inferred[]) : [output as Inferred | undefined]
  })
  const given = Object.values(inputs).flat()
  return results.map(result => result && checked(result, node, given))
}

/**
 * What holds for every rule: sizes are whole and not negative, the type exists, and elements are followed only where
 * arithmetic on them is exact.
 */
function checked(value: Inferred, node: Node, inputs: readonly (Inferred | undefined)[]): Inferred {
  const { dataType, shape, elements } = value
  const isImpossible = (size: Dimension) => typeof size === 'number' && !(Number.isSafeInteger(size) && size >= 0)
  if (dataType !== 'undefined' && !shape?.some(isImpossible))
    return elements && !isFollowed(value) ? withoutElements(value) : value
  const what = dataType === 'undefined' ? 'a type that ONNX does not know' : `the shape ${shapeText(shape)}`
  throw new ModelError({
    code: dataType === 'undefined' ? 'MODEL_ATTRIBUTE' : 'MODEL_SHAPE',
    message: `Node ${node.name} (${node.op}) makes ${what} of ${inputs.map(input => shapeText(input?.shape)).join(', ')}.`,
    hint: 'The model is invalid, or an input shape does not fit it: check the shapes and attributes of the node.',
    node,
  })
}

const withoutElements = ({ elements: _, ...value }: Inferred): Inferred => value

/** A vector or number of the types that shapes are made of; a float would not be rounded as the rules do. */
function isFollowed({ dataType, shape, elements }: Inferred): boolean {
  const [count = 1] = shape ?? []
  const isShape = dataType === 'int64' || dataType === 'int32' || dataType === 'bool'
  return isShape && shape !== undefined && shape.length <= 1 && count === elements?.length && count <= followedElements
}

function checkRequired(operator: AnyOperator, node: Node, inputs: Record<string, unknown>): void {
  for (const spec of operator.inputs) {
    const given = [inputs[spec.replace('...', '')]].flat()
    // A list may be empty where something stands before it (the carried values of Loop).
    const isOptional = spec.endsWith('?') || (spec.endsWith('...') && spec !== operator.inputs[0])
    if (isOptional || given.some(value => value !== undefined)) continue
    throw new ModelError({
      code: 'MODEL_INPUT',
      message: `Node ${node.name} (${node.op}) has no input ${spec}.`,
      hint: 'The model is invalid: export it again.',
      node,
    })
  }
}

export function inferredConstant(constant: Tensor): Inferred {
  return withConstantElements({ dataType: constant.dataType, shape: constant.dims, constant })
}

function withConstantElements(value: Inferred): Inferred {
  const { constant } = value
  if (!constant || value.elements || !followed(constant)) return value
  const elements: Dimension[] = tensorNumbers(constant)
  return { ...value, elements }
}

const followed = ({ dataType, dims }: Tensor) =>
  (dataType === 'int64' || dataType === 'int32') && dims.length <= 1 && elementCount(dims) <= followedElements
