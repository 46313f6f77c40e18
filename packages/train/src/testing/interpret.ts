import { byName, type Graph, operatorOf, tensorNumbers } from '@pare/core-graph'
import type { Nd } from './nd.ts'
import { type Attributes, attributesOf, type Reference } from './reference.ts'
import { references } from './references/registry.ts'

/** Computes the first output of every node in float64, by the references. */
export function interpret(graph: Graph, feeds: Readonly<Record<string, Nd>>): ReadonlyMap<string, Nd> {
  const values = new Map<string, Nd>(Object.entries(feeds))
  for (const [name, tensor] of graph.initializers)
    if (!values.has(name)) values.set(name, { dims: tensor.dims, data: Float64Array.from(tensorNumbers(tensor)) })
  for (const node of graph.nodes) {
    const reference = (references as Readonly<Record<string, Reference>>)[node.op]
    const operator = operatorOf(node)
    if (!reference || !operator) throw new Error(`There is no reference for ${node.op}.`)
    const inputs = byName(
      operator.inputs,
      node.inputs.map(name => values.get(name)),
    )
    const given = Object.entries(inputs).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((item, place) => [`${name}${place}`, item]) : value ? [[name, value]] : [],
    )
    values.set(node.outputs[0] ?? '', reference.forward(Object.fromEntries(given), attributesOfNode(node)))
  }
  return values
}

const attributesOfNode = ({ attributes }: Graph['nodes'][number]): Attributes =>
  attributesOf(
    Object.fromEntries(
      Object.entries(attributes).flatMap(([name, attribute]) =>
        attribute.kind === 'int' || attribute.kind === 'float' || attribute.kind === 'ints'
          ? [[name, attribute.value]]
          : [],
      ),
    ),
  )
