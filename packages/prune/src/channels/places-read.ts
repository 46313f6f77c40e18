import { type Graph, graphIndex, type Inferred, tensorNumbers, usersOf } from '@pare/core-graph'

/**
 * Which numbers of a vector of `count` are read: where all that reads it picks some by constant indices, those; else
 * all. A number that an inference knows by itself counts too.
 */
export function placesRead(
  graph: Graph,
  values: ReadonlyMap<string, Inferred>,
  name: string,
  count: number,
): ReadonlySet<number> {
  const all = new Set(Array.from({ length: count }, (_, index) => index))
  if (graphIndex(graph).outputs.has(name)) return all
  const read = new Set<number>()
  const numbersOf = (input: string | undefined) => {
    const constant = values.get(input ?? '')?.constant
    return constant && tensorNumbers(constant)
  }
  for (const node of usersOf(graph, name)) {
    const [, second, third] = node.inputs
    if (node.domain !== '' || node.inputs[0] !== name || node.inputs.lastIndexOf(name) !== 0) return all
    if (node.op === 'Gather') {
      const indices = numbersOf(second)
      if (!indices) return all
      for (const index of indices) read.add(index < 0 ? index + count : index)
    } else if (node.op === 'Slice') {
      const [start, end] = [numbersOf(second)?.[0], numbersOf(third)?.[0]]
      if (start === undefined || end === undefined || node.inputs.length > 4) return all
      for (const index of [...all].slice(start, end)) read.add(index)
    } else return all
  }
  return read
}
