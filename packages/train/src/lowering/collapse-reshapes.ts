import { type Graph, inferTypes, isKnown, type Node, passes, redirectReads } from '@pare/core-graph'

/**
 * A Reshape of a Reshape reads what the first one reads, and one that changes nothing goes: rules shape what they read and
 * give without knowing each other.
 *
 *     y = Reshape(Reshape(x, [6]), [2, 3])   →   y = Reshape(x, [2, 3])          (x:[2, 3] → y is x)
 */
export function collapseReshapes(graph: Graph): Graph {
  const types = inferTypes(graph).values
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const origins = new Map<string, string>()
  const same = new Map<string, string>()
  const nodes: Node[] = []
  for (const original of graph.nodes) {
    const [node = original] = redirectReads([original], same)
    const [x = '', shape = ''] = node.inputs
    const [y = ''] = node.outputs
    // A 0 would take the size from the tensor that is read.
    const sizes = types.get(shape)?.elements
    if (node.op !== 'Reshape' || node.domain !== '' || !sizes || sizes.includes(0)) {
      nodes.push(node)
      continue
    }
    const origin = origins.get(x) ?? x
    origins.set(y, origin)
    const [from, to] = [types.get(origin)?.shape, types.get(y)?.shape]
    if (!outputs.has(y) && isKnown(from) && isKnown(to) && `${from}` === `${to}`) same.set(y, origin)
    else nodes.push({ ...node, inputs: [origin, shape] })
  }
  return passes['remove-dead-code'].run({ ...graph, nodes }).graph
}
