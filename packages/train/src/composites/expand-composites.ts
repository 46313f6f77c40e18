import { createRewriter, type Graph, type Node, redirectReads, renameValues } from '@pare/core-graph'
import { type AnyComposite, compositeDomain, readComposite } from './composite.ts'
import { composites } from './registry.ts'

const registry: ReadonlyMap<string, AnyComposite> = new Map(
  Object.entries(composites) as unknown as Iterable<[string, AnyComposite]>,
)

/** The record of a composite's node. */
export const compositeOf = ({ op, domain }: Pick<Node, 'op' | 'domain'>): AnyComposite | undefined =>
  domain === compositeDomain ? registry.get(op) : undefined

/**
 * Writes every composite in standard ONNX operators, as far as its outputs are read.
 *
 *     dX = pare.ReluGradient(Y, dY)   →   dX = Mul(dY, Cast(Greater(Y, 0)))
 *
 * @param keep names of values that must be there afterwards, beside the graph's outputs
 */
export function expandComposites(graph: Graph, keep: readonly string[] = []): Graph {
  if (!graph.nodes.some(compositeOf)) return graph
  const wanted = new Set([...graph.outputs.map(({ name }) => name), ...keep])
  const read = new Set([...wanted, ...graph.nodes.flatMap(node => node.inputs)])
  const b = createRewriter(graph)
  const replaced = new Map<string, string>()
  const names = new Map<string, string>()
  for (const original of graph.nodes) {
    const [node = original] = redirectReads([original], replaced)
    const composite = compositeOf(node)
    if (!composite) {
      b.add(node)
      continue
    }
    const { values, attributes } = readComposite(b, composite, node)
    const outputs = b.scope(node.name, () => {
      const made = composite.expand(b, values, attributes)
      return composite.outputs.map((name, place) => (read.has(node.outputs[place] ?? '') ? made[name]?.() : undefined))
    })
    for (const [place, value] of outputs.entries()) {
      const name = node.outputs[place]
      if (!value || !name) continue
      replaced.set(name, value.name)
      if (wanted.has(name)) names.set(value.name, name)
    }
  }
  const plain = renameValues(b.build(), names)
  const isLeft = (name: string) => wanted.has(name) || !replaced.has(name)
  return {
    ...plain,
    valueInfo: new Map([...plain.valueInfo].filter(([name]) => isLeft(name))),
    opsets: new Map([...plain.opsets].filter(([domain]) => domain !== compositeDomain)),
  }
}
