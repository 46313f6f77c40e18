import { bodiesOf, type GraphBody } from './graph.ts'

/** Gives names that nothing in a graph or its bodies has yet, neither value nor node: the wished one, or `name_1`, `name_2`, … */
export function freshNames(graph: GraphBody): (name: string) => string {
  const taken = new Set<string>()
  collect(graph, taken)
  return uniqueNames(taken)
}

/** Gives each name once: the wished one where it is free, else `name_1`, `name_2`, … What is given is taken. */
export function uniqueNames(taken: Set<string> = new Set()): (name: string) => string {
  // Where the last search ended, so that thousands of nodes of one name are no thousands of searches from 1.
  const counts = new Map<string, number>()
  return name => {
    let candidate = name
    let count = counts.get(name) ?? 0
    while (taken.has(candidate)) candidate = `${name}_${++count}`
    counts.set(name, count)
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
