import { createBuilder, type Graph, redirectReads, type Tensor, tensorFloats, tensorOf } from '@pare/core-graph'

/** A weight that is multiplied by a mask of zeros and ones wherever it is read. */
export interface MaskedWeight {
  /** Names of the initializers. */
  readonly weight: string
  readonly mask: string
}

/** Multiplies weights by masks, which are initializers of the same shapes: `W` is read as `W · W/mask`. */
export function addMasks(
  graph: Graph,
  masks: ReadonlyMap<string, Tensor>,
): { readonly graph: Graph; readonly masked: readonly MaskedWeight[] } {
  const b = createBuilder({ ...graph, nodes: [] })
  const masked: MaskedWeight[] = []
  const names = new Map<string, string>()
  for (const [weight, tensor] of masks) {
    const mask = b.initializer(`${weight}/mask`, tensor)
    names.set(weight, b.scope(weight, () => b.Mul(b.value(weight), mask)).name)
    masked.push({ weight, mask: mask.name })
  }
  const { nodes, initializers } = b.build()
  return { graph: { ...graph, nodes: [...nodes, ...redirectReads(graph.nodes, names)], initializers }, masked }
}

/** The graph with the masks' zeros in the weights themselves, and without the masks. */
export function bakeMasks(graph: Graph, masked: readonly MaskedWeight[]): Graph {
  const initializers = new Map(graph.initializers)
  const names = new Map<string, string>()
  const gone = new Set<string>()
  for (const { weight, mask } of masked) {
    const node = graph.nodes.find(({ op, inputs }) => op === 'Mul' && inputs[0] === weight && inputs[1] === mask)
    const [tensor, zeros] = [initializers.get(weight), initializers.get(mask)]
    if (!node || !tensor || !zeros) continue
    const kept = tensorFloats(zeros)
    initializers.set(
      weight,
      tensorOf(
        'float32',
        tensor.dims,
        tensorFloats(tensor).map((value, place) => (kept[place] === 0 ? 0 : value)),
      ),
    )
    initializers.delete(mask)
    gone.add(node.name)
    for (const output of node.outputs) names.set(output, weight)
  }
  return {
    ...graph,
    initializers,
    nodes: redirectReads(
      graph.nodes.filter(({ name }) => !gone.has(name)),
      names,
    ),
  }
}

/** Names that a training must know: the weights, which a product is no layer for, and the masks, which change between epochs only. */
export const trainingNames = (masked: readonly MaskedWeight[]) => ({
  trainable: masked.map(({ weight }) => weight),
  state: new Map(masked.map(({ mask }) => [mask, mask])),
})
