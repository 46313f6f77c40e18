import {
  createBuilder,
  type Graph,
  type Node,
  redirectReads,
  type Tensor,
  tensorFloats,
  tensorOf,
  usersOf,
} from '@pare/core-graph'

/** Weights that are multiplied, element by element, before they are read, such as by a mask of zeros. */
export interface Product {
  readonly weight: string
  readonly factor: string
  readonly values: Tensor
  readonly node: Node
}

/**
 * The graph with the weights themselves in place of the products that they are read as. Folding a channel's factor into
 * weights, and rounding, then come to the same as behind the product.
 */
export function withoutProducts(graph: Graph): { readonly graph: Graph; readonly products: readonly Product[] } {
  const products = graph.nodes.flatMap((node): Product[] => {
    const [weight = '', factor = ''] = node.inputs
    const [own, values] = [graph.initializers.get(weight), graph.initializers.get(factor)]
    const isProduct = node.op === 'Mul' && node.domain === '' && own && values && weight !== factor
    if (!isProduct || own.dims.length < 2 || `${own.dims}` !== `${values.dims}`) return []
    return usersOf(graph, weight).length === 1 && own.dataType === 'float32' ? [{ weight, factor, values, node }] : []
  })
  if (products.length === 0) return { graph, products }
  const gone = new Set(products.map(({ node }) => node))
  const names = new Map(products.map(({ node, weight }) => [node.outputs[0] ?? '', weight]))
  const nodes = redirectReads(
    graph.nodes.filter(node => !gone.has(node)),
    names,
  )
  return { graph: { ...graph, nodes }, products }
}

/** Lets all that reads the weights read the products again. */
export function withProducts(graph: Graph, products: readonly Product[]): Graph {
  if (products.length === 0) return graph
  const initializers = new Map(graph.initializers)
  for (const { factor, values } of products) initializers.set(factor, values)
  const b = createBuilder({ ...graph, initializers, nodes: [] })
  for (const { node } of products) b.add(node)
  const names = new Map(products.map(({ node, weight }) => [weight, node.outputs[0] ?? '']))
  const { nodes } = b.build()
  return { ...graph, initializers, nodes: [...nodes, ...redirectReads(graph.nodes, names)] }
}

/** The graph with products that are still there multiplied out, into the weights. */
export function multipliedOut(graph: Graph, products: readonly Product[]): Graph {
  const initializers = new Map(graph.initializers)
  const names = new Map<string, string>()
  for (const { weight, factor, node } of products) {
    const [own, by] = [initializers.get(weight), initializers.get(factor)]
    if (!own || !by || !graph.nodes.some(({ outputs }) => outputs[0] === node.outputs[0])) continue
    const factors = tensorFloats(by)
    const multiplied = tensorFloats(own).map((value, at) => value * (factors[at] ?? 0))
    initializers.set(weight, tensorOf('float32', own.dims, multiplied))
    names.set(node.outputs[0] ?? '', weight)
  }
  if (names.size === 0) return graph
  const nodes = graph.nodes.filter(({ outputs }) => !names.has(outputs[0] ?? ''))
  return { ...graph, initializers, nodes: redirectReads(nodes, names) }
}
