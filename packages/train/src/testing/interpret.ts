import { type Attribute, byName, type Graph, type Node, operatorOf, tensorNumbers } from '@pare/core-graph'
import type { Nd } from './nd.ts'
import { attributesOf, outputsOf, type Reference } from './reference.ts'
import { references } from './references/registry.ts'

/**
 * Computes every value of a graph in float64, by the references.
 * @param feeds the graph's inputs; they also replace initializers of the same name
 */
export function interpret(graph: Graph, feeds: Readonly<Record<string, Nd>>): ReadonlyMap<string, Nd> {
  const values = new Map<string, Nd>(Object.entries(feeds))
  for (const [name, tensor] of graph.initializers)
    if (!values.has(name)) values.set(name, { dims: tensor.dims, data: Float64Array.from(tensorNumbers(tensor)) })
  for (const node of graph.nodes) {
    const made = interpretNode(node, name => values.get(name))
    for (const [place, name] of node.outputs.entries()) {
      const value = made[place]
      if (name && value) values.set(name, value)
    }
  }
  return values
}

function interpretNode(node: Node, lookUp: (name: string) => Nd | undefined): readonly Nd[] {
  const reference = (references as Readonly<Record<string, Reference>>)[node.op]
  const operator = operatorOf(node)
  if (!reference || !operator) throw new Error(`There is no reference for ${node.op}.`)
  const inputs = byName(operator.inputs, node.inputs.map(lookUp))
  const given = Object.entries(inputs).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((item, place) => [`${name}${place}`, item]) : value ? [[name, value]] : [],
  )
  const attributes = Object.entries(node.attributes).flatMap(([name, attribute]) =>
    isPlain(attribute) ? [[name, attribute.value]] : [],
  )
  return outputsOf(reference.forward(Object.fromEntries(given), attributesOf(Object.fromEntries(attributes))))
}

const isPlain = (attribute: Attribute) =>
  attribute.kind === 'int' ||
  attribute.kind === 'float' ||
  attribute.kind === 'ints' ||
  attribute.kind === 'floats' ||
  attribute.kind === 'string'
