import { type Graph, type Node, type Tensor, tensorNumbers, tensorOf } from '@pare/core-graph'

/** Changes the constants that nodes of an operator's backward part read. */
export function withConstants(graph: Graph, scope: string, change: (value: number, node: Node) => number): Graph {
  const initializers = new Map(graph.initializers)
  const nodes = graph.nodes.map(node => {
    if (!isIn(node, scope)) return node
    const inputs = node.inputs.map(name => {
      const constant = graph.initializers.get(name)
      if (!constant?.dataType.startsWith('float')) return name
      const own = `${node.name}/${name}`
      initializers.set(
        own,
        changed(constant, value => change(value, node)),
      )
      return own
    })
    return { ...node, inputs }
  })
  return { ...graph, nodes, initializers }
}

/** Replaces nodes of an operator's backward part by their first input. */
export const without = (graph: Graph, scope: string, isDropped: (node: Node) => boolean): Graph => ({
  ...graph,
  nodes: graph.nodes.map(node =>
    isIn(node, scope) && isDropped(node)
      ? { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1), attributes: {} }
      : node,
  ),
})

const isIn = ({ name }: Node, scope: string) => name.startsWith('gradient/') && name.includes(scope)

const changed = (tensor: Tensor, change: (value: number) => number): Tensor => {
  const values = tensorNumbers(tensor).map(change)
  return tensorOf(
    tensor.dataType,
    tensor.dims,
    tensor.dataType === 'float64' ? Float64Array.from(values) : Float32Array.from(values),
  )
}
