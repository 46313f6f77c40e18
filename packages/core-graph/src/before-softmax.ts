import type { Graph } from './graph.ts'
import { graphIndex } from './graph-index.ts'

// What changes the representation or the order of scores, not what they are.
const handingOn: ReadonlySet<string> = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'Identity',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
])

/**
 * The logits of probabilities: what the Softmax reads that a value is made by; undefined where none makes it. LogSoftmax
 * makes logits: softmax(log p) = p.
 */
export function beforeSoftmax(graph: Graph, name: string): string | undefined {
  const node = graphIndex(graph).producer.get(name)
  const [input] = node?.inputs ?? []
  if (node === undefined || !input || node.domain !== '') return undefined
  if (node.op === 'Softmax') return input
  return handingOn.has(node.op) ? beforeSoftmax(graph, input) : undefined
}
