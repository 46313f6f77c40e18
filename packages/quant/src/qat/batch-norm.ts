import {
  type Graph,
  type GraphBuilder,
  graphIndex,
  type Node,
  operators,
  readAttributes,
  type Value,
} from '@pare/core-graph'

/** A convolution and the BatchNormalization that follows it, which are to become one layer. */
export interface NormalizedConv {
  readonly conv: Node
  readonly norm: Node
}

/**
 * The convolutions that BatchNormalization is folded into, by their names. Undefined, with the node at fault, where one is
 * folded into anything else, or in a way that cannot be followed while training.
 */
export function normalizedConvs(
  graph: Graph,
  folded: Graph,
): { readonly convs: ReadonlyMap<string, NormalizedConv> } | { readonly problem: string } {
  const left = new Set(folded.nodes.map(({ name }) => name))
  const convs = new Map<string, NormalizedConv>()
  for (const node of graph.nodes) {
    if (left.has(node.name)) continue
    const conv = graphIndex(graph).producer.get(node.inputs[0] ?? '')
    const isNorm = node.op === 'BatchNormalization' && node.inputs.slice(1).every(name => graph.initializers.has(name))
    if (!isNorm || conv?.op !== 'Conv' || conv.domain !== '') return { problem: `${node.name} (${node.op})` }
    convs.set(conv.name, { conv, norm: node })
  }
  return { convs }
}

/** Where γ/σ is smaller, its channel is as good as 0: what is divided by must not be. */
const least = 1e-6

/**
 * What folding multiplies the weights of a channel by: γ / √(σ² + ε), σ² the running variance, `[C]`
 * (Krishnamoorthi 2018, 3.2.2).
 */
export function foldingFactor(b: GraphBuilder, { norm }: NormalizedConv): Value {
  const [, gamma = '', , , variance = ''] = norm.inputs
  const { epsilon } = readAttributes(norm, operators.BatchNormalization.attributes)
  const factor = b.Div(b.value(gamma), b.Sqrt(b.Add(b.value(variance), b.scalar(epsilon))))
  return b.Where(b.Less(b.Abs(factor), b.scalar(least)), b.scalar(least), factor)
}

/** A vector `[C]` as `[C, 1, …]`, of so many axes. */
export const channelsFirst = (b: GraphBuilder, vector: Value, axes: number): Value =>
  b.Reshape(vector, b.ints(-1, ...Array<number>(axes - 1).fill(1)))
