import { type Attribute, byName, type Graph, type Node, operatorOf, tensorNumbers } from '@pare/core-graph'
import { kinks } from './kinks.ts'
import type { Nd } from './nd.ts'
import { attributesOf, outputsOf, type Reference } from './reference.ts'
import { references } from './references/registry.ts'

/**
 * Computes every value of a graph in float64, by the references.
 * @param feeds the graph's inputs; they also replace initializers of the same name
 * @param seen values that another run of the graph had, by which branches are chosen in place of its own: of a Relu,
 *   which elements are 0. What another run decided by is named by `decidingValues`.
 */
export function interpret(
  graph: Graph,
  feeds: Readonly<Record<string, Nd>>,
  seen: ReadonlyMap<string, Nd> = new Map(),
): ReadonlyMap<string, Nd> {
  const values = new Map<string, Nd>(Object.entries(feeds))
  for (const [name, tensor] of graph.initializers)
    if (!values.has(name)) values.set(name, { dims: tensor.dims, data: Float64Array.from(tensorNumbers(tensor)) })
  for (const node of graph.nodes) {
    const made = interpretNode(
      node,
      name => values.get(name),
      name => seen.get(name) ?? values.get(name),
    )
    for (const [place, name] of node.outputs.entries()) {
      const value = made[place]
      if (name && value) values.set(name, value)
    }
  }
  return values
}

/** The values by which nodes of a graph choose branches. */
export const decidingValues = (graph: Graph): readonly string[] => [
  ...new Set(graph.nodes.flatMap(({ op, inputs }) => (op in kinks ? inputs.filter(Boolean) : []))),
]

type LookUp = (name: string) => Nd | undefined

function interpretNode(node: Node, own: LookUp, seen: LookUp): readonly Nd[] {
  const reference = (references as Readonly<Record<string, Reference>>)[node.op]
  const forward = kinks[node.op] ?? reference?.forward
  if (!forward) throw new Error(`There is no reference for ${node.op}.`)
  const attributes = Object.entries(node.attributes).flatMap(([name, attribute]) =>
    isPlain(attribute) ? [[name, attribute.value]] : [],
  )
  const inputs = [own, seen].map(lookUp => inputsOf(node, lookUp))
  return outputsOf(forward(inputs[0] ?? {}, attributesOf(Object.fromEntries(attributes)), inputs[1] ?? {}))
}

function inputsOf(node: Node, lookUp: LookUp): Readonly<Record<string, Nd>> {
  const inputs = byName(operatorOf(node)?.inputs ?? [], node.inputs.map(lookUp))
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((item, place) => [`${name}${place}`, item]) : value ? [[name, value]] : [],
    ),
  )
}

const isPlain = (attribute: Attribute) =>
  attribute.kind === 'int' ||
  attribute.kind === 'float' ||
  attribute.kind === 'ints' ||
  attribute.kind === 'floats' ||
  attribute.kind === 'string'
