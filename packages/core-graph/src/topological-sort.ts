import { ModelError } from './errors.ts'
import { type Node, readsOf } from './graph.ts'

/**
 * The nodes in an order in which every value is made before it is read (Kahn 1962); a list that is in order stays as it is.
 * @param known values that no node makes: inputs, initializers, and what a body takes from around it
 * @param outputs values that must be made
 * @throws ModelError `MODEL_UNKNOWN_VALUE`, `MODEL_CYCLE`
 */
export function sortNodes(
  nodes: readonly Node[],
  known: ReadonlySet<string>,
  outputs: readonly string[] = [],
): readonly Node[] {
  const producers = new Map<string, number>()
  for (const [index, node] of nodes.entries())
    for (const output of node.outputs) if (output) producers.set(output, index)
  const reads = nodes.map(node => readsOf(node).filter(name => !known.has(name)))
  for (const [index, names] of reads.entries())
    for (const name of names) if (!producers.has(name)) throw unknownValue(name, nodes[index])
  for (const name of outputs) if (!known.has(name) && !producers.has(name)) throw unknownValue(name, undefined)
  if (reads.every((names, index) => names.every(name => (producers.get(name) ?? 0) < index))) return nodes
  return kahn(nodes, reads, producers)
}

function kahn(nodes: readonly Node[], reads: readonly string[][], producers: ReadonlyMap<string, number>): Node[] {
  const waitsFor = reads.map(names => new Set(names.map(name => producers.get(name) ?? -1)))
  const waiting = nodes.map((): number[] => [])
  for (const [index, before] of waitsFor.entries()) for (const producer of before) waiting[producer]?.push(index)
  const ready = waitsFor.flatMap((before, index) => (before.size === 0 ? [index] : []))
  const sorted: Node[] = []
  // The list grows while it is walked: shift() would move all that waits, once a node.
  for (const next of ready) {
    const node = nodes[next]
    if (node) sorted.push(node)
    for (const user of waiting[next] ?? []) {
      const before = waitsFor[user]
      before?.delete(next)
      if (before?.size === 0) ready.push(user)
    }
  }
  if (sorted.length === nodes.length) return sorted
  const done = new Set(sorted)
  const stuck = nodes.filter(node => !done.has(node))
  throw new ModelError({
    code: 'MODEL_CYCLE',
    message: `The graph has a cycle among ${stuck.length} nodes, such as ${stuck
      .slice(0, 3)
      .map(node => `${node.name} (${node.op})`)
      .join(', ')}.`,
    hint: 'An ONNX graph must be acyclic: export the model again.',
    ...(stuck[0] ? { node: stuck[0] } : {}),
  })
}

const unknownValue = (name: string, node: Node | undefined) =>
  new ModelError({
    code: 'MODEL_UNKNOWN_VALUE',
    message: node
      ? `Node ${node.name} (${node.op}) reads the value ${name}, which nothing makes.`
      : `The graph's output ${name} is made by nothing.`,
    hint: 'The model is invalid or cut off: export it again.',
    ...(node ? { node } : {}),
  })
