import { defineValidationRule, type Problem } from '../validation/rule.ts'
import type { Scope } from '../validation/scope.ts'

/** Static single assignment: a name is one value, in a graph and the bodies inside it (ONNX IR, "Graphs"). */
export const singleAssignment = defineValidationRule({
  id: 'single-assignment',
  severity: 'error',
  demands: 'Every value has one producer: an input, an initializer or one output of one node.',
  *check({ scopes }) {
    for (const scope of scopes) if (!scope.around) yield* assignments(scope, () => false)
  },
})

function* assignments(scope: Scope, isAround: (name: string) => boolean): Iterable<Problem> {
  const { label, nodes, inputs, graph } = scope
  const made = new Set<string>()
  const twice = (name: string, by: string): Problem => ({
    message: `The value ${name} has two producers: ${by}.`,
    hint: 'Rename one of them and those that read it.',
    value: name,
  })
  for (const name of inputs) {
    if (made.has(name)) yield twice(name, `${label} has two inputs of that name`)
    made.add(name)
  }
  const initialized = new Set<string>()
  for (const { name } of graph?.initializer ?? []) {
    // An initializer of an input's name is that input's default.
    if (initialized.has(name)) yield twice(name, `${label} has two initializers of that name`)
    initialized.add(name)
    made.add(name)
  }
  for (const { values } of graph?.sparseInitializer ?? []) if (values) made.add(values.name)
  const sees = (name: string) => made.has(name) || isAround(name)
  for (const node of nodes) {
    for (const body of node.bodies) yield* assignments(body, sees)
    for (const name of node.proto.output) {
      if (name === '') continue
      if (sees(name)) yield { ...twice(name, `the last is ${node.label}`), node: { name: node.name, op: node.op } }
      made.add(name)
    }
  }
}
