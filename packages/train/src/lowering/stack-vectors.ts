import {
  createRewriter,
  type Graph,
  type GraphBuilder,
  graphIndex,
  inferTypes,
  isKnown,
  type Node,
} from '@pare/core-graph'

/** Operators that compute each element of a vector from those at its place. */
const elementwise: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Neg',
  'Sqrt',
  'Max',
  'Min',
  'Pow',
  'Abs',
])

/** Nodes that hang together, and what they read: vectors of one length, and numbers. */
interface Part {
  readonly nodes: Node[]
  /** Vectors that none of the nodes makes, in the order in which they are first read. */
  readonly reads: string[]
  readonly length: number
}

/**
 * Where many short vectors go the same way to the graph's outputs — scales, shifts and running statistics of a training
 * step — they are put end to end and go it once: a node takes some microseconds, whatever it computes.
 *
 *     a′ = a·μ + c; b′ = b·μ + d   →   [a′ b′] = [a b]·μ + [c d]
 */
export function stackVectors(graph: Graph): Graph {
  const tail = tailOf(graph)
  const groups = Map.groupBy(partsOf(graph, tail), part => signatureOf(part))
  const stacked = [...groups.values()].filter(parts => parts.length > 1)
  const gone = new Set(stacked.flatMap(parts => parts.flatMap(({ nodes }) => nodes)))
  if (gone.size === 0) return graph
  const b = createRewriter(graph)
  const late = new Set([...gone].flatMap(({ outputs }) => outputs))
  const after: Node[] = []
  for (const node of graph.nodes) {
    if (gone.has(node)) continue
    if (node.inputs.some(name => late.has(name))) {
      after.push(node)
      for (const output of node.outputs) late.add(output)
    } else b.add(node)
  }
  for (const parts of stacked) b.scope('stacked', () => addStack(b, graph, parts, gone))
  for (const node of after) b.add(node)
  return b.build()
}

/**
 * The element-wise nodes on vectors, with their lengths, that no other such node waits for by way of nodes of another kind:
 * all that reads them may come after them.
 */
function tailOf(graph: Graph): ReadonlyMap<Node, number> {
  const types = inferTypes(graph).values
  const { users } = graphIndex(graph)
  const tail = new Map<Node, number>()
  /** Nodes of other kinds that lead to outputs of the graph only, never back to the tail. */
  const ends = new Set<Node>()
  const lengthOf = (name: string): number | undefined => {
    const { dataType, shape } = types.get(name) ?? {}
    return dataType === 'float32' && isKnown(shape) && shape.length <= 1 ? (shape[0] ?? 0) : undefined
  }
  for (const node of graph.nodes.toReversed()) {
    const [output = ''] = node.outputs
    const length = lengthOf(output)
    const readers = node.outputs.flatMap(name => users.get(name) ?? [])
    const isVector = elementwise.has(node.op) && node.domain === '' && length
    if (isVector && node.inputs.every(name => lengthOf(name) === 0 || lengthOf(name) === length)) {
      if (readers.every(user => tail.has(user) || ends.has(user))) tail.set(node, length)
    } else if (readers.every(user => ends.has(user))) ends.add(node)
  }
  return tail
}

/** The nodes of the tail, those together that read each other's results, in the order of the graph. */
function partsOf(graph: Graph, tail: ReadonlyMap<Node, number>): readonly Part[] {
  const { producer } = graphIndex(graph)
  const types = inferTypes(graph).values
  const partOf = new Map<Node, Part>()
  for (const node of graph.nodes) {
    const length = tail.get(node)
    if (length === undefined) continue
    const part: Part = { nodes: [], reads: [], length }
    partOf.set(node, part)
    for (const name of node.inputs) {
      const before = producer.get(name)
      const other = before && partOf.get(before)
      if (other && other !== part) {
        part.nodes.push(...other.nodes)
        part.reads.push(...other.reads.filter(read => !part.reads.includes(read)))
        for (const moved of other.nodes) partOf.set(moved, part)
      } else if (!other && types.get(name)?.shape?.length === 1 && !part.reads.includes(name)) part.reads.push(name)
    }
    part.nodes.push(node)
  }
  return [...new Set(partOf.values())]
}

/** What a part computes, without the names of its vectors. */
function signatureOf({ nodes, reads }: Part): string {
  const places = new Map(nodes.map((node, place) => [node.outputs[0] ?? '', place]))
  return nodes
    .map(({ op, inputs }) => {
      const operands = inputs.map(name => {
        const [made, read] = [places.get(name), reads.indexOf(name)]
        return made !== undefined ? `#${made}` : read >= 0 ? `@${read}` : `=${name}`
      })
      return `${op}(${operands})`
    })
    .join(';')
}

/** Computes all parts at once, and takes apart again what others read. */
function addStack(b: GraphBuilder, graph: Graph, parts: readonly Part[], gone: ReadonlySet<Node>): void {
  const [first] = parts
  if (!first) return
  const { outputs, users } = graphIndex(graph)
  const isWanted = (name: string) => outputs.has(name) || users.get(name)?.some(user => !gone.has(user))
  const sizes = b.ints(...parts.map(({ length }) => length))
  const made = new Map(
    first.reads.map((name, place) => [
      name,
      b.Concat(
        parts.map(({ reads }) => b.value(reads[place] ?? '')),
        { axis: 0 },
      ),
    ]),
  )
  for (const [
    place,
    {
      op,
      inputs,
      outputs: [output = ''],
    },
  ] of first.nodes.entries()) {
    const [value] = b.node(
      op,
      inputs.map(name => made.get(name) ?? b.value(name)),
    )
    if (!value) continue
    made.set(output, value)
    const names = parts.map(({ nodes }) => nodes[place]?.outputs[0] ?? '')
    if (names.some(isWanted))
      b.add({
        name: `${value.name}/apart`,
        op: 'Split',
        domain: '',
        inputs: [value.name, sizes.name],
        outputs: names,
        attributes: {},
      })
  }
}
