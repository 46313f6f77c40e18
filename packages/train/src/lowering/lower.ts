import {
  byName,
  type Graph,
  type Node,
  operatorOf,
  readAttributes,
  readsOf,
  redirectReads,
  renameValues,
} from '@pare/core-graph'
import { compositeDomain, readComposite } from '../composites/composite.ts'
import { compositeOf, expandComposites } from '../composites/expand-composites.ts'
import { collapseReshapes } from './collapse-reshapes.ts'
import { formOf } from './formulations.ts'
import { createLowerer, type Lowerer } from './lowerer.ts'
import type { AnyLowering } from './lowering.ts'
import { lowerings } from './operators/registry.ts'
import type { LoweringFacts } from './probe.ts'
import { stackVectors } from './stack-vectors.ts'

const registry: ReadonlyMap<string, AnyLowering> = new Map(
  Object.entries(lowerings) as unknown as Iterable<[string, AnyLowering]>,
)

/** A lowered graph, and what was not done and why. */
export interface Lowered {
  readonly graph: Graph
  readonly notes: readonly string[]
}

/**
 * Rewrites a graph, with its composites, for onnxruntime on a CPU: images lie in rows `[C, N/b · H · W · b]` from one
 * operator to the next, so that 1×1 convolutions are products of matrices, statistics are sums of rows, and depthwise
 * convolutions run in the runtime's own blocked form. It computes the same, up to rounding. One walk over the nodes: each
 * takes its inputs in the layout that its rule asks for, and conversions are made where layouts meet, once.
 *
 * Without a block (`facts`) the graph is only written in standard operators; so are convolutions over a batch that is no
 * multiple of it, and those of a kind that has no form in rows. Each is told in `notes`.
 *
 * What is made of samples and constants alone, such as a teacher's layers, stays as it is: the runtime's own rewriting
 * makes inference fast (measured: beside inference alone, a ResNet-18 took 1.5 times as long in rows, 1.01 times so).
 *
 * @param options `choose`: how convolutions are computed, by default in the form that was measured to be fastest;
 *   `samples`: names of the inputs that are samples
 */
export function lower(
  graph: Graph,
  { block, reason }: LoweringFacts,
  { choose = formOf, samples = [] }: { readonly choose?: typeof formOf; readonly samples?: readonly string[] } = {},
): Lowered {
  if (block === undefined) return { graph: expandComposites(graph), notes: [`Not lowered: ${reason}.`] }
  const lowerer = createLowerer(graph, block, choose)
  const inferred = inference(graph, samples)
  for (const node of graph.nodes)
    if (!lowerer.isDone(node))
      lowerer.b.scope(node.name, () => (inferred.has(node) ? keep(lowerer, node) : lowerNode(lowerer, node)))
  return { graph: finished(lowerer, graph), notes: [...lowerer.notes] }
}

/** The nodes that compute something of samples and constants alone. */
function inference({ nodes, initializers }: Graph, samples: readonly string[]): ReadonlySet<Node> {
  const made = new Set(samples)
  const found = new Set<Node>()
  for (const node of nodes) {
    const reads = readsOf(node)
    if (!reads.some(name => made.has(name)) || !reads.every(name => made.has(name) || initializers.has(name))) continue
    found.add(node)
    for (const output of node.outputs) made.add(output)
  }
  return found
}

function lowerNode(lowerer: Lowerer, node: Node): void {
  const record = operatorOf(node) ?? compositeOf(node)
  const rule = node.domain === '' || node.domain === compositeDomain ? registry.get(node.op) : undefined
  if (rule && record) {
    const operands = byName(
      record.inputs,
      node.inputs.map(name => (name ? lowerer.operand(name) : undefined)),
    )
    const made = rule.lower(lowerer, operands as never, readAttributes(node, record.attributes) as never, node)
    if (made) {
      for (const [place, spec] of record.outputs.entries()) {
        const form = made[spec.replace('?', '')]
        const name = node.outputs[place]
        if (form && name) lowerer.made(name, form)
      }
      return
    }
  }
  keep(lowerer, node)
}

/** The node as it is, or a composite in standard operators, on plain inputs. */
function keep(lowerer: Lowerer, original: Node): void {
  const { b } = lowerer
  const names = new Map(readsOf(original).map(name => [name, lowerer.operand(name).plain().name]))
  const [node = original] = redirectReads([original], names)
  const composite = compositeOf(node)
  if (!composite) {
    b.add(node)
    return
  }
  const { values, attributes } = readComposite(b, composite, node)
  const made = composite.expand(b, values, attributes)
  for (const [place, output] of composite.outputs.entries()) {
    const [name, plain] = [node.outputs[place], made[output]?.()]
    if (name && plain) lowerer.made(name, { plain })
  }
}

/** Outputs in plain layout under their own names, and nothing that is not read. */
function finished(lowerer: Lowerer, graph: Graph): Graph {
  const { b } = lowerer
  const names = new Map<string, string>()
  const fixed = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()])
  for (const { name } of graph.outputs) {
    const plain = lowerer.operand(name).plain()
    if (plain.name === name) continue
    const isOwn = !fixed.has(plain.name) && !names.has(plain.name)
    names.set(isOwn ? plain.name : b.Identity(plain).name, name)
  }
  const named = renameValues(b.build(), names)
  const opsets = new Map([...named.opsets].filter(([domain]) => domain !== compositeDomain))
  return stackVectors(collapseReshapes({ ...named, opsets }))
}
