import type { ValueInfoProto } from 'onnx-buf'
import { defineValidationRule } from '../validation/rule.ts'

/** What goes in and comes out is known before the model runs (ONNX IR, "Graphs", "ValueInfoProto"). */
export const inputsAndOutputs = defineValidationRule({
  id: 'inputs-and-outputs',
  severity: 'error',
  demands: 'Outputs are made in their own graph; inputs and outputs of the model state their types and ranks.',
  *check({ scopes }) {
    for (const { label, kind, nodes, inputs, outputs, graph } of scopes) {
      const made = new Set([
        ...inputs,
        ...(graph?.initializer.map(({ name }) => name) ?? []),
        ...nodes.flatMap(({ proto }) => proto.output),
      ])
      for (const name of outputs)
        if (name !== '' && !made.has(name))
          yield {
            message: `${label} has an output ${name}, which nothing in it makes.`,
            hint:
              kind === 'body'
                ? 'Pass a value from around it through an Identity node.'
                : 'Remove it, or export the model again.',
            value: name,
          }
      if (kind !== 'graph' || !graph) continue
      if (outputs.length === 0)
        yield { message: `${label} has no outputs.`, hint: 'Runtimes have nothing to compute.', severity: 'warning' }
      for (const [part, list] of [
        ['input', graph.input],
        ['output', graph.output],
      ] as const)
        for (const value of list) {
          const missing = missingType(value)
          if (missing)
            yield {
              message: `The ${part} ${value.name} states no ${missing}.`,
              hint: 'State its type and rank; sizes that are not known may have names.',
              value: value.name,
            }
        }
    }
  },
})

function missingType({ type }: ValueInfoProto): string | undefined {
  const value = type?.value
  if (value?.case === undefined) return 'type'
  if (value.case !== 'tensorType' && value.case !== 'sparseTensorType') return undefined
  return value.value.shape ? undefined : 'shape'
}
