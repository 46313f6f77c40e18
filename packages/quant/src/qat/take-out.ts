import { type Graph, passes, redirectReads, renameValues } from '@pare/core-graph'
import type { FakeQuantized } from './fake-quantize.ts'

/**
 * The float model again, out of one that rounds, however it was changed meanwhile: what was added is taken out, every
 * value has its own name, and weights are as training left them.
 */
export function takeOut(graph: Graph, { originals, renamed }: Pick<FakeQuantized, 'originals' | 'renamed'>): Graph {
  const nodes = graph.nodes.filter(({ outputs }) => !outputs.some(output => renamed.has(output)))
  const bare = { ...graph, nodes: redirectReads(nodes, new Map([...originals, ...renamed])) }
  const names = new Map([...renamed].map(([value, raw]) => [raw, value]))
  return passes['remove-dead-code'].run(renameValues(bare, names)).graph
}
