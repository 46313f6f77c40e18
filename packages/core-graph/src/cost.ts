import { flopsOf } from './cost-v14.ts'
import { byteLength, isFloat } from './data-type.ts'
import { bodiesOf, type Graph, type Node, readsOf } from './graph.ts'
import { graphIndex } from './graph-index.ts'
import { inferTypes, operatorOf } from './infer.ts'
import { bindSymbols } from './input-shapes.ts'
import { type CostContext, type Inferred, isKnown, readAttributes } from './operator.ts'
import { elementCount, type Tensor, tensorByteLength } from './tensor.ts'

/** How a graph is counted. */
export interface CostOptions {
  /**
   * `v1.4` adds `flops` as PaddleSlim 1.4 counted them, for comparison with its tables: 2 a multiply-add, biases, pools
   * and activations included, depthwise convolutions next to nothing. Default `macs`: true multiply-adds only.
   */
  readonly convention?: 'macs' | 'v1.4'
  /**
   * Sizes of the inputs' symbolic dimensions, such as `{ N: 8 }`. Default: 1 for the first dimension of an input, named
   * or not, which is the batch; what depends on another one is unknown.
   */
  readonly bind?: Readonly<Record<string, number>>
}

/** What running a node, or all of them, takes. */
export interface Cost {
  /** Multiply-adds: one is one multiplication and one addition. */
  readonly macs: number
  /** Only with the convention `v1.4`. */
  readonly flops?: number
  /** Elements of weights, biases and normalization statistics; not of scalars, shapes, scales and zero points. */
  readonly parameters: number
  /** Bytes of every constant that is read, as it is stored. */
  readonly parameterBytes: number
  /** Elements of the outputs. */
  readonly activations: number
  readonly activationBytes: number
}

/** The cost of one node. */
export interface NodeCost extends Cost {
  readonly node: string
  readonly op: string
}

/** The cost of a graph, node by node. */
export interface ModelCost {
  /** In the order of the graph; without those in `unknown`. */
  readonly nodes: readonly NodeCost[]
  /** Constants that several nodes share are counted once, so it may be less than the nodes' sum. */
  readonly total: Cost
  /** Nodes that could not be counted; the total has only their parameters. */
  readonly unknown: readonly { readonly node: string; readonly op: string; readonly reason: string }[]
}

/**
 * What running a graph takes: multiply-adds, parameters, activations, for each node and in all. A quantized weight
 * counts for the node that computes with it, not for its DequantizeLinear. Bodies of If, Loop and Scan are not counted.
 * The graph must be of operator set 21 (`upgradeOpset`).
 *
 * @throws ModelError `MODEL_SHAPE` where shapes cannot go together
 */
export function cost(graph: Graph, { convention = 'macs', bind = {} }: CostOptions = {}): ModelCost {
  const batch = new Set(graph.inputs.map(({ type }) => type?.shape?.[0] ?? ''))
  const bound = bindSymbols(
    graph,
    symbol => (Object.hasOwn(bind, symbol) ? bind[symbol] : undefined) ?? (batch.has(symbol) ? 1 : undefined),
  )
  const { values, unknown: notInferred } = inferTypes(bound)
  const reasons = new Map(notInferred.map(({ node, reason }) => [node.name, reason]))
  const constants = new Map<string, Constant>()
  const nodes: NodeCost[] = []
  const unknown: { node: string; op: string; reason: string }[] = []
  for (const node of bound.nodes) {
    const own = constantsOf(bound, node)
    for (const constant of own) constants.set(constant.name, constant)
    const reason = reasonUnknown(node, values)
    if (reason !== undefined) {
      unknown.push({ node: node.name, op: node.op, reason: reasons.get(node.name) ?? reason })
      continue
    }
    const outputs = node.outputs.flatMap(name => values.get(name) ?? [])
    const counts = outputs.map(output => (isKnown(output.shape) ? elementCount(output.shape) : 0))
    nodes.push({
      node: node.name,
      op: node.op,
      macs: macsOf(node, values),
      ...(convention === 'v1.4' ? { flops: flopsOf(node, values) } : {}),
      ...sizeOf(own),
      activations: sum(counts),
      activationBytes: sum(outputs.map((output, index) => byteLength(output.dataType, counts[index] ?? 0))),
    })
  }
  const total: Cost = {
    macs: sum(nodes.map(node => node.macs)),
    ...(convention === 'v1.4' ? { flops: sum(nodes.map(node => node.flops ?? 0)) } : {}),
    ...sizeOf([...constants.values()]),
    activations: sum(nodes.map(node => node.activations)),
    activationBytes: sum(nodes.map(node => node.activationBytes)),
  }
  return { nodes, total, unknown }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

function reasonUnknown(node: Node, values: ReadonlyMap<string, Inferred>): string | undefined {
  if (bodiesOf(node).length > 0) return 'its bodies are not counted'
  const names = [...node.inputs, ...node.outputs].filter(name => name !== '')
  const name = names.find(candidate => !isKnown(values.get(candidate)?.shape))
  return name && `the shape of ${name} is not known`
}

function macsOf(node: Node, values: ReadonlyMap<string, Inferred>): number {
  const operator = operatorOf(node)
  if (!operator?.macs) return 0
  const shapes: CostContext = {
    inputs: shapesOf(operator.inputs, node.inputs, values),
    outputs: shapesOf(operator.outputs, node.outputs, values),
  }
  return operator.macs(shapes, readAttributes(node, operator.attributes) as never)
}

/** Shapes by the operator's names for them; lists (`inputs...`) are left out. */
function shapesOf(
  specs: readonly string[],
  names: readonly string[],
  values: ReadonlyMap<string, Inferred>,
): Readonly<Record<string, readonly number[]>> {
  const shapes: Record<string, readonly number[]> = {}
  for (const [index, spec] of specs.entries()) {
    const shape = values.get(names[index] ?? '')?.shape
    if (!spec.endsWith('...') && isKnown(shape)) shapes[spec.replace('?', '')] = shape
  }
  return shapes
}

interface Constant {
  readonly name: string
  readonly tensor: Tensor
  readonly isParameter: boolean
}

const sizeOf = (constants: readonly Constant[]): Pick<Cost, 'parameters' | 'parameterBytes'> => ({
  parameters: sum(constants.map(({ tensor, isParameter }) => (isParameter ? elementCount(tensor.dims) : 0))),
  parameterBytes: sum(constants.map(({ tensor }) => tensorByteLength(tensor))),
})

/** The constants that a node computes with, those behind a DequantizeLinear included. */
function constantsOf(graph: Graph, node: Node): readonly Constant[] {
  const { producer } = graphIndex(graph)
  if (isDequantizedConstant(graph, node)) return []
  return [...new Set(readsOf(node))].flatMap(name => {
    const tensor = graph.initializers.get(name)
    if (tensor) return [{ name, tensor, isParameter: isParameter(tensor, roleOf(node, name)) }]
    const source = producer.get(name)
    return source && isDequantizedConstant(graph, source) ? dequantizedConstants(graph, source) : []
  })
}

/** What the specification calls the input that a node reads a value as. */
const roleOf = (node: Node, name: string): string =>
  operatorOf(node)?.inputs[node.inputs.indexOf(name)]?.replace('?', '') ?? ''

const isDequantizedConstant = (graph: Graph, { op, domain, inputs }: Node) =>
  op === 'DequantizeLinear' && domain === '' && graph.initializers.has(inputs[0] ?? '')

const dequantizedConstants = (graph: Graph, { inputs }: Node): readonly Constant[] =>
  inputs.flatMap((name, index) => {
    const tensor = graph.initializers.get(name)
    return tensor ? [{ name, tensor, isParameter: index === 0 }] : []
  })

/**
 * Floats, quantized weights and quantized biases; scalars are settings of an operator, wide integers shapes and axes,
 * and the scales and zero points of the quantized operators belong to the numbers that they scale.
 */
const isParameter = ({ dataType, dims }: Tensor, role: string) =>
  dims.length > 0 &&
  !/_(scale|zero_point)$/.test(role) &&
  (isFloat(dataType) || /^(u?int[248]|float[48]e)/.test(dataType) || (/^[BC]$/.test(role) && dataType === 'int32'))
