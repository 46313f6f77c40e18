import type { Graph } from './graph.ts'
import { inferTypes } from './infer.ts'

/** The graph with other values of it as its outputs: what is to be looked at while it runs. */
export function withOutputs(graph: Graph, names: readonly string[]): Graph {
  const { values } = inferTypes(graph)
  return { ...graph, outputs: names.map(name => ({ name, type: values.get(name) })) }
}
