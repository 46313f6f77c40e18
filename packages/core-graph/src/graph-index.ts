import { type Graph, type Node, readsOf } from './graph.ts'

/** Who makes a value, and who reads it. */
export interface GraphIndex {
  /** The node that makes a value; none for inputs and initializers. */
  readonly producer: ReadonlyMap<string, Node>
  /** The nodes that read a value, once each, in topological order; bodies that capture it count. */
  readonly users: ReadonlyMap<string, readonly Node[]>
  readonly outputs: ReadonlySet<string>
}

const remembered = new WeakMap<Graph, GraphIndex>()

/** Who makes and who reads each value. Made once for a graph. */
export function graphIndex(graph: Graph): GraphIndex {
  const known = remembered.get(graph)
  if (known) return known
  const producer = new Map<string, Node>()
  const users = new Map<string, Node[]>()
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output) producer.set(output, node)
    for (const name of new Set(readsOf(node))) {
      const readers = users.get(name)
      if (readers) readers.push(node)
      else users.set(name, [node])
    }
  }
  const index = { producer, users, outputs: new Set(graph.outputs.map(output => output.name)) }
  remembered.set(graph, index)
  return index
}

/** The nodes that read a value, once each, in topological order. */
export const usersOf = (graph: Graph, name: string): readonly Node[] => graphIndex(graph).users.get(name) ?? []

/** How often a value is read: by nodes, each once, and as an output of the graph. */
export const useCount = (graph: Graph, name: string): number =>
  usersOf(graph, name).length + (graphIndex(graph).outputs.has(name) ? 1 : 0)
