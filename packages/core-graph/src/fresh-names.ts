import { bodiesOf, type GraphBody } from './graph.ts'

/** Gives names that nothing in a graph or its bodies has yet, neither value nor node: the wished one, or `name_1`, `name_2`, … */
export function freshNames(graph: GraphBody): (name: string) => string {
  const taken = new Set<string>()
  collect(graph, taken)
  return name => {
    let candidate = name
    for (let count = 1; taken.has(candidate); count++) candidate = `${name}_${count}`
    taken.add(candidate)
    return candidate
  }
}

function collect(body: GraphBody, names: Set<string>): void {
  for (const { name } of [...body.inputs, ...body.outputs, ...body.nodes]) names.add(name)
  for (const name of body.initializers.keys()) names.add(name)
  for (const node of body.nodes) {
    for (const name of [...node.inputs, ...node.outputs]) names.add(name)
    for (const inner of bodiesOf(node)) collect(inner, names)
  }
}
