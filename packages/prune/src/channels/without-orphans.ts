import { type Graph, graphIndex, readsOf } from '@pare/core-graph'

/**
 * A graph without what nothing reads any more of the values named, nor of what they were made of. Other code that was
 * dead before stays: it may hold channels together, so that cutting in two steps is what cutting at once is.
 */
export function withoutOrphans(graph: Graph, names: readonly string[]): Graph {
  const { producer, outputs } = graphIndex(graph)
  const reads = new Map<string, number>()
  for (const node of graph.nodes) for (const name of readsOf(node)) reads.set(name, (reads.get(name) ?? 0) + 1)
  const isOrphan = (name: string) => (reads.get(name) ?? 0) === 0 && !outputs.has(name)
  const gone = new Set<string>()
  // The list grows while it is walked: what made an orphan may have made it for that alone.
  const candidates = [...names]
  for (const name of candidates) {
    const node = producer.get(name)
    if (gone.has(name) || !(node ? node.outputs.every(isOrphan) : isOrphan(name))) continue
    for (const made of node?.outputs ?? [name]) gone.add(made)
    for (const read of node ? readsOf(node) : []) {
      reads.set(read, (reads.get(read) ?? 0) - 1)
      candidates.push(read)
    }
  }
  if (gone.size === 0) return graph
  return {
    ...graph,
    nodes: graph.nodes.filter(({ outputs: made }) => !made.some(name => gone.has(name))),
    initializers: new Map([...graph.initializers].filter(([name]) => !gone.has(name))),
    valueInfo: new Map([...graph.valueInfo].filter(([name]) => !gone.has(name))),
  }
}
