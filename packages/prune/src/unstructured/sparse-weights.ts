import {
  attribute,
  type Graph,
  matchNodes,
  type Node,
  RecipeError,
  readAttributes,
  type Tensor,
} from '@pare/core-graph'

/** A weight of which single elements may become zero. */
export interface SparseWeight {
  /** Name of the initializer. */
  readonly name: string
  /** The first layer that computes with it. */
  readonly node: string
  readonly tensor: Tensor
  /** The axis that is summed over together with the layer's input channels. */
  readonly inputAxis: number
}

type AxisRule = (node: Node, rank: number) => number

/** The input-channel axis of the weight, the second input, of every operator that has one. */
const inputAxes: ReadonlyMap<string, AxisRule> = new Map<string, AxisRule>([
  ['Conv', () => 1],
  ['ConvTranspose', () => 0],
  ['Gemm', node => readAttributes(node, { transB: attribute.int(0) }).transB],
  ['MatMul', (_, rank) => rank - 2],
])

/** Which layers' weights are chosen. */
export interface SparseChoice {
  readonly include?: readonly string[] | undefined
  readonly exclude: readonly string[]
}

/**
 * The float32 weights of convolutions and linear layers, once each, in the graph's order.
 * @throws RecipeError `RECIPE_PRUNE_NOTHING` when there are none, `RECIPE_NO_MATCH`
 */
export function sparseWeights(graph: Graph, { include, exclude }: SparseChoice): readonly SparseWeight[] {
  const included = include && matchNodes(graph, include, 'include')
  const excluded = matchNodes(graph, exclude, 'exclude')
  const weights = new Map<string, SparseWeight>()
  for (const node of graph.nodes) {
    const rule = node.domain === '' ? inputAxes.get(node.op) : undefined
    const name = node.inputs[1] ?? ''
    const tensor = graph.initializers.get(name)
    if (!rule || !tensor || weights.has(name) || tensor.dataType !== 'float32' || tensor.dims.length < 2) continue
    if (excluded.has(node) || (included && !included.has(node))) continue
    weights.set(name, { name, node: node.name, tensor, inputAxis: rule(node, tensor.dims.length) })
  }
  if (weights.size > 0) return [...weights.values()]
  throw new RecipeError({
    code: 'RECIPE_PRUNE_NOTHING',
    message: `The model ${graph.name} has no float32 weights of convolutions or linear layers among those chosen.`,
    hint: 'Include others, or prune before the model is quantized.',
  })
}
