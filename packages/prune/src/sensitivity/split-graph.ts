import { type Graph, inferTypes, type Node, passes, readsOf } from '@pare/core-graph'

/**
 * The nodes of a graph from a place on, as far as outputs are made of them; its inputs are the values from before that
 * they read.
 * @param types whose inferred types the inputs have, if not the graph's own: before the place both are alike
 */
export function suffixFrom(graph: Graph, place: number, outputs: readonly string[], types: Graph = graph): Graph {
  return part(graph, graph.nodes.slice(place), outputs, types)
}

/** The nodes between two places, as far as these values are made of them. */
export const partBetween = (graph: Graph, first: number, end: number, values: readonly string[]): Graph =>
  part(graph, graph.nodes.slice(first, end), values, graph)

function part(graph: Graph, nodes: readonly Node[], outputs: readonly string[], types: Graph): Graph {
  const { values } = inferTypes(types)
  const draft = {
    ...graph,
    nodes,
    inputs: [],
    outputs: outputs.map(name => outputOf(graph, name) ?? { name, type: values.get(name) }),
  }
  const live = passes['remove-dead-code'].run(draft).graph
  const made = new Set(live.nodes.flatMap(node => node.outputs))
  const read = new Set([...live.nodes.flatMap(readsOf), ...outputs])
  const given = [...read].filter(name => !made.has(name) && !graph.initializers.has(name))
  const inputs = given.map(name => graph.inputs.find(input => input.name === name) ?? { name, type: values.get(name) })
  return { ...live, inputs }
}

const outputOf = (graph: Graph, name: string) => graph.outputs.find(output => output.name === name)

/** The place of the first node that differs in a changed graph: itself, or a constant that it reads. */
export function firstDifference(graph: Graph, changed: Graph): number {
  const place = graph.nodes.findIndex((node, index) => {
    const other = changed.nodes[index]
    return (
      other === undefined ||
      (other !== node && !isSame(node, other)) ||
      readsOf(node).some(name => graph.initializers.get(name) !== changed.initializers.get(name))
    )
  })
  return place < 0 ? graph.nodes.length : place
}

const isSame = (a: Node, b: Node) =>
  a.op === b.op &&
  a.domain === b.domain &&
  a.attributes === b.attributes &&
  `${a.inputs}` === `${b.inputs}` &&
  `${a.outputs}` === `${b.outputs}`
