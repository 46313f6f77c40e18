import { type Attribute, type Graph, type GraphBody, type Node, type ValueInfo, valuesOf } from '@pare/core-graph'

/**
 * The graph with another name for each of its values and nodes, in bodies too: the prefix before the old one.
 * @param shared names of its inputs in the graph that it is to become a part of, by their names here
 */
export function withPrefix(graph: Graph, prefix: string, shared: ReadonlyMap<string, string>): Graph {
  return { ...graph, ...renamed(graph, prefix, shared) }
}

function renamed(body: GraphBody, prefix: string, around: ReadonlyMap<string, string>): GraphBody {
  const own = [...valuesOf(body)].filter(name => name !== '' && !around.has(name))
  const names = new Map([...around, ...own.map(name => [name, `${prefix}${name}`] as const)])
  const rename = (name: string) => names.get(name) ?? name
  const info = ({ name, type }: ValueInfo): ValueInfo => ({ name: rename(name), type })
  return {
    name: body.name,
    inputs: body.inputs.map(info),
    outputs: body.outputs.map(info),
    initializers: new Map([...body.initializers].map(([name, tensor]) => [rename(name), tensor])),
    valueInfo: new Map([...body.valueInfo.values()].map(info).map(stated => [stated.name, stated])),
    nodes: body.nodes.map(({ name, op, domain, inputs, outputs, attributes }): Node => {
      const inner = (nested: GraphBody) => renamed(nested, prefix, withoutOwn(names, nested))
      return {
        name: `${prefix}${name}`,
        op,
        domain,
        inputs: inputs.map(rename),
        outputs: outputs.map(rename),
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([key, attribute]) => [key, withBodies(attribute, inner)]),
        ),
      }
    }),
  }
}

/** Values of a body hide those of the same name around it. */
function withoutOwn(names: ReadonlyMap<string, string>, body: GraphBody): ReadonlyMap<string, string> {
  const own = valuesOf(body)
  return new Map([...names].filter(([name]) => !own.has(name)))
}

function withBodies(attribute: Attribute, change: (body: GraphBody) => GraphBody): Attribute {
  if (attribute.kind === 'graph') return { kind: 'graph', value: change(attribute.value) }
  if (attribute.kind === 'graphs') return { kind: 'graphs', value: attribute.value.map(change) }
  return attribute
}
