import { once } from '../once.ts'
import { defineValidationRule, type Problem } from '../validation/rule.ts'
import type { Scope } from '../validation/scope.ts'

/** Values are made before they are read; bodies also read what is made before their node (ONNX IR, "Graphs"). */
export const topologicalOrder = defineValidationRule({
  id: 'topological-order',
  severity: 'error',
  demands:
    'Nodes read only what an input, an initializer or an earlier node makes; in bodies, of the graph around too.',
  *check({ scopes }) {
    for (const scope of scopes) if (!scope.around) yield* misreads(scope, () => false)
  },
})

function* misreads(scope: Scope, isAround: (name: string) => boolean): Iterable<Problem> {
  const { nodes, inputs, graph } = scope
  const made = new Set(inputs)
  for (const { name } of graph?.initializer ?? []) made.add(name)
  for (const { values } of graph?.sparseInitializer ?? []) if (values) made.add(values.name)
  const sees = (name: string) => made.has(name) || isAround(name)
  const makers = once(() => new Map(nodes.flatMap(node => node.proto.output.map(output => [output, node] as const))))
  for (const node of nodes) {
    const about = { name: node.name, op: node.op }
    for (const name of node.proto.input)
      if (name !== '' && !sees(name)) {
        const maker = makers().get(name)
        yield {
          message: maker
            ? `${node.label} reads ${name} before ${maker === node ? 'it has made it itself' : `node ${maker.name} (${maker.op}) has made it`}.`
            : `${node.label} reads the value ${name}, which nothing makes.`,
          hint: maker
            ? 'Put the nodes into the order in which they can run.'
            : 'Check the name, or export the model again.',
          node: about,
          value: name,
        }
      }
    for (const body of node.bodies) yield* misreads(body, sees)
    for (const name of node.proto.output) made.add(name)
  }
}
