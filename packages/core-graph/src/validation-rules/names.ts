import { defineValidationRule } from '../validation/rule.ts'

/** An empty name means "left out", so that nothing that is there may have one (ONNX IR, "Names Within a Graph"). */
export const names = defineValidationRule({
  id: 'names',
  severity: 'error',
  demands:
    'Graphs, inputs, outputs, initializers and operators have names; keys of metadata and names of nodes are unique.',
  *check({ model, scopes }) {
    for (const { graph, label, nodes, kind, inputs, outputs } of scopes) {
      if (graph && graph.name === '') yield { message: `${label} has no name.`, hint: 'Give it one; any will do.' }
      const parts = [
        ['input', inputs],
        ['output', outputs],
        ['initializer', graph?.initializer.map(({ name }) => name) ?? []],
        ['annotated value', graph?.valueInfo.map(({ name }) => name) ?? []],
      ] as const
      for (const [part, list] of parts)
        for (const [index, name] of list.entries())
          if (name === '') yield { message: `${label} has no name for its ${part} ${index}.`, hint: 'Give it a name.' }
      for (const { op, label, name } of nodes)
        if (op === '') yield { message: `${label} names no operator.`, hint: 'Remove it.', node: { name, op } }
      if (kind === 'function') continue
      for (const name of repeated(nodes.map(({ proto }) => proto.name).filter(Boolean)))
        yield {
          message: `${label} has several nodes of the name ${name}.`,
          hint: 'Names of nodes are for people: tools that find nodes by name take one of them.',
          severity: 'warning',
        }
    }
    for (const key of repeated(model.metadataProps.map(entry => entry.key)))
      yield { message: `The metadata has the key ${key} twice.`, hint: 'Keep one of them.' }
  },
})

function repeated(list: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(list.filter(item => seen.size === seen.add(item).size))
}
