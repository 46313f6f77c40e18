import { type Graph, graphIndex, inferTypes, isFloat, type Node, readsOf, usersOf } from '@pare/core-graph'

/** A value of the reference and the one of the candidate that stands for it. */
export interface ValueMatch {
  readonly value: string
  readonly candidate: string
  /** The node of the reference that makes it. */
  readonly node: Node
}

/**
 * Matches the floating-point values that the reference's nodes make of its inputs with the candidate's, by name: to a
 * value of the reference corresponds the candidate's value of the same name; where that is read by a QuantizeLinear, what
 * the DequantizeLinear after it makes, since that is what the following layers get.
 */
export function matchValues(
  reference: Graph,
  candidate: Graph,
): { readonly matches: readonly ValueMatch[]; readonly unmatched: readonly string[] } {
  const made = graphIndex(candidate).producer
  const { values } = inferTypes(reference)
  const matches: ValueMatch[] = []
  const unmatched: string[] = []
  for (const { value, node } of computedValues(reference)) {
    const type = values.get(value)
    if (type && !isFloat(type.dataType)) continue
    if (made.has(value)) matches.push({ value, candidate: dequantized(candidate, value) ?? value, node })
    else unmatched.push(value)
  }
  return { matches, unmatched }
}

/** What depends on the graph's inputs, and the node that makes it. */
function computedValues(graph: Graph): { readonly value: string; readonly node: Node }[] {
  const computed = new Set(graph.inputs.map(input => input.name))
  return graph.nodes.flatMap(node => {
    if (!readsOf(node).some(name => computed.has(name))) return []
    const outputs = node.outputs.filter(name => name !== '')
    for (const name of outputs) computed.add(name)
    return outputs.map(value => ({ value, node }))
  })
}

function dequantized(graph: Graph, name: string): string | undefined {
  for (const quantize of usersOf(graph, name)) {
    const [levels] = quantize.outputs
    if (quantize.op !== 'QuantizeLinear' || quantize.inputs[0] !== name || levels === undefined) continue
    const dequantize = usersOf(graph, levels).find(({ op }) => op === 'DequantizeLinear')
    if (dequantize?.outputs[0]) return dequantize.outputs[0]
  }
  return undefined
}
