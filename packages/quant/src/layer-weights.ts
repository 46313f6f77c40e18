import {
  elementCount,
  type Graph,
  graphIndex,
  type Node,
  operators,
  readAttributes,
  tensorFloats,
  usersOf,
} from '@pare/core-graph'

/** The constant weights of a layer, seen as a matrix: a row for each output channel, a column for each input that it reads. */
export interface LayerWeights {
  readonly node: Node
  /** The activation that it reads. */
  readonly data: string
  /** Names of the initializers. */
  readonly weight: string
  readonly bias: string | undefined
  readonly outputs: number
  readonly inputs: number
  /** Inputs that one output reads: fewer than `inputs` in groups. */
  readonly columns: number
  /** Of an element of the tensor. */
  readonly row: (index: number) => number
  readonly column: (index: number) => number
  /** The input channel that a row's column reads. */
  readonly input: (row: number, column: number) => number
}

type Layout = Omit<LayerWeights, 'node' | 'data' | 'weight' | 'bias'>

/** W:[O, I/group, *k] */
function convolution([outputs = 0, columns = 0, ...kernel]: readonly number[], group: number): Layout {
  const places = elementCount(kernel)
  const perGroup = outputs / group
  return {
    outputs,
    inputs: columns * group,
    columns,
    row: index => Math.floor(index / (columns * places)),
    column: index => Math.floor(index / places) % columns,
    input: (row, column) => Math.floor(row / perGroup) * columns + column,
  }
}

/** W:[I, O/group, *k] */
function transposed([inputs = 0, perGroup = 0, ...kernel]: readonly number[], group: number): Layout {
  const places = elementCount(kernel)
  const columns = inputs / group
  const source = (index: number) => Math.floor(index / (perGroup * places))
  return {
    outputs: perGroup * group,
    inputs,
    columns,
    row: index => Math.floor(source(index) / columns) * perGroup + (Math.floor(index / places) % perGroup),
    column: index => source(index) % columns,
    input: (row, column) => Math.floor(row / perGroup) * columns + column,
  }
}

/** B:[K, N], or [N, K] with transB */
function matrix([first = 0, second = 0]: readonly number[], transB: number): Layout {
  const [outputs, inputs] = transB === 0 ? [second, first] : [first, second]
  return {
    outputs,
    inputs,
    columns: inputs,
    row: transB === 0 ? index => index % outputs : index => Math.floor(index / inputs),
    column: transB === 0 ? index => Math.floor(index / outputs) : index => index % inputs,
    input: (_, column) => column,
  }
}

const layouts: Readonly<Record<string, (node: Node, dims: readonly number[]) => Layout | undefined>> = {
  Conv: (node, dims) => convolution(dims, readAttributes(node, operators.Conv.attributes).group),
  ConvTranspose: (node, dims) => transposed(dims, readAttributes(node, operators.ConvTranspose.attributes).group),
  Gemm: (node, dims) => {
    const { alpha, beta, transA, transB } = readAttributes(node, operators.Gemm.attributes)
    return alpha === 1 && beta === 1 && transA === 0 ? matrix(dims, transB) : undefined
  },
}

/**
 * The weights of a Conv, ConvTranspose or Gemm whose outputs are channels on axis 1, where they are constant float32 and
 * its bias, if there is one, is a constant number for each output; undefined for any other node.
 */
export function layerWeights(graph: Graph, node: Node): LayerWeights | undefined {
  const [data = '', weight = '', bias = ''] = node.inputs
  const tensor = graph.initializers.get(weight)
  const layout = node.domain === '' && Object.hasOwn(layouts, node.op) ? layouts[node.op] : undefined
  const found = tensor?.dataType === 'float32' ? layout?.(node, tensor.dims) : undefined
  if (!found || graph.initializers.has(data)) return undefined
  const added = graph.initializers.get(bias)
  if (bias !== '' && (added?.dataType !== 'float32' || elementCount(added.dims) !== found.outputs)) return undefined
  return { node, data, weight, bias: bias === '' ? undefined : bias, ...found }
}

/** Whether nobody else reads the layer's constants, so that they may be changed. */
export const ownsWeights = (graph: Graph, { weight, bias }: LayerWeights): boolean =>
  [weight, bias].every(
    name => name === undefined || (usersOf(graph, name).length === 1 && !graphIndex(graph).outputs.has(name)),
  )

/** The greatest magnitude that a row has in a column, `[outputs · columns]`: of a convolution that of a whole kernel. */
export function reachOf(graph: Graph, { weight, outputs, columns, row, column }: LayerWeights): Float64Array {
  const reach = new Float64Array(outputs * columns)
  const tensor = graph.initializers.get(weight)
  for (const [index, value] of (tensor ? tensorFloats(tensor) : []).entries()) {
    const place = row(index) * columns + column(index)
    reach[place] = Math.max(reach[place] ?? 0, Math.abs(value))
  }
  return reach
}
