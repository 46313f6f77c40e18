import type { Attribute, GraphBody, Node } from './graph.ts'
import { readsOf, valuesOf } from './graph.ts'

/** Renames values everywhere: where they are made, where they are read, in bodies, inputs, outputs and initializers. */
export function renameValues<Body extends GraphBody>(body: Body, names: ReadonlyMap<string, string>): Body {
  return names.size === 0 ? body : renameInBody(body, names)
}

/** Makes every reader of a value (nodes, bodies, outputs of the graph excepted) read another one. */
export function redirectReads(nodes: readonly Node[], names: ReadonlyMap<string, string>): readonly Node[] {
  if (names.size === 0) return nodes
  return nodes.map(node => (readsOf(node).some(name => names.has(name)) ? redirectNode(node, names) : node))
}

function redirectNode(node: Node, names: ReadonlyMap<string, string>): Node {
  return {
    ...node,
    inputs: node.inputs.map(name => names.get(name) ?? name),
    attributes: mapBodies(node, body => {
      const seen = seenIn(body, names)
      return {
        ...body,
        nodes: redirectReads(body.nodes, seen),
        outputs: body.outputs.map(output => ({ ...output, name: seen.get(output.name) ?? output.name })),
      }
    }),
  }
}

/** Without the names that the body has values of its own for. */
function seenIn(body: GraphBody, names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = valuesOf(body)
  return new Map([...names].filter(([name]) => !own.has(name)))
}

function renameInBody<Body extends GraphBody>(body: Body, names: ReadonlyMap<string, string>): Body {
  const rename = (name: string) => names.get(name) ?? name
  return {
    ...body,
    inputs: body.inputs.map(input => ({ ...input, name: rename(input.name) })),
    outputs: body.outputs.map(output => ({ ...output, name: rename(output.name) })),
    initializers: new Map([...body.initializers].map(([name, tensor]) => [rename(name), tensor])),
    valueInfo: new Map([...body.valueInfo].map(([name, info]) => [rename(name), { ...info, name: rename(name) }])),
    nodes: body.nodes.map(node => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: mapBodies(node, inner => renameValues(inner, seenIn(inner, names))),
    })),
  }
}

/** A node's attributes with its bodies changed; the attributes themselves when it has none. */
export function mapBodies(node: Node, change: (body: GraphBody) => GraphBody): Readonly<Record<string, Attribute>> {
  const entries = Object.entries(node.attributes)
  if (!entries.some(([, attribute]) => attribute.kind === 'graph' || attribute.kind === 'graphs'))
    return node.attributes
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      if (attribute.kind === 'graph') return [name, { ...attribute, value: change(attribute.value) }]
      if (attribute.kind === 'graphs') return [name, { ...attribute, value: attribute.value.map(change) }]
      return [name, attribute]
    }),
  )
}
