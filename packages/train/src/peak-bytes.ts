import { byteLength, elementCount, type Graph, inferTypes, isKnown } from '@pare/core-graph'

/**
 * Bytes of a graph's values at the moment of a run at which they take most: its inputs throughout, each other value from
 * the node that makes it to the last one that reads it, outputs to the end. A runtime that computes in place takes less.
 * Values of unknown size count nothing. Initializers are not among them.
 */
export function peakBytes(graph: Graph): number {
  const { values } = inferTypes(graph)
  const sizeOf = (name: string): number => {
    const { dataType, shape } = values.get(name) ?? {}
    return dataType && isKnown(shape) ? byteLength(dataType, elementCount(shape)) : 0
  }
  const lastRead = new Map<string, number>()
  for (const [place, { inputs }] of graph.nodes.entries()) for (const name of inputs) lastRead.set(name, place)
  for (const { name } of graph.outputs) lastRead.set(name, graph.nodes.length)
  const endingAt = new Map<number, number>()
  let now = graph.inputs.reduce((sum, { name }) => sum + sizeOf(name), 0)
  let peak = now
  for (const [place, { outputs }] of graph.nodes.entries()) {
    for (const name of outputs) {
      const size = sizeOf(name)
      const end = lastRead.get(name) ?? place
      now += size
      endingAt.set(end, (endingAt.get(end) ?? 0) + size)
    }
    peak = Math.max(peak, now)
    now -= endingAt.get(place) ?? 0
  }
  return peak
}
