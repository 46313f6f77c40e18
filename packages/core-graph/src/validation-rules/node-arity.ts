import { type Parameter, signatureOf } from '../opset/signature.ts'
import { parameterAt } from '../validation/element-types.ts'
import { defineValidationRule, functionKey } from '../validation/rule.ts'

/** Inputs and outputs go by their place; an empty name leaves out one that may be left out (ONNX IR, "Nodes"). */
export const nodeArity = defineValidationRule({
  id: 'node-arity',
  severity: 'error',
  demands: 'A node has as many inputs and outputs as its operator takes, and leaves out only those that may be.',
  *check({ scopes, functions }) {
    for (const { nodes, opsets } of scopes)
      for (const { domain, op, name, label, proto } of nodes) {
        const node = { name, op }
        if (proto.input.length === 0 && proto.output.length === 0)
          yield { message: `${label} has neither inputs nor outputs.`, hint: 'Remove it.', node }
        const called = functions.get(functionKey(domain, op, proto.overload))
        if (called && (proto.input.length > called.input.length || proto.output.length > called.output.length))
          yield {
            message: `${label} has ${proto.input.length} inputs and ${proto.output.length} outputs; its function has ${called.input.length} and ${called.output.length}.`,
            hint: 'Remove those that the function does not have.',
            node,
          }
        const signature = called ? undefined : signatureOf(domain, op, opsets.get(domain) ?? 0)
        if (!signature) continue
        for (const problem of misfits(proto.input, signature.inputs, 'input'))
          yield { message: `${label} ${problem}.`, hint: hintOf(signature.inputs, 'inputs'), node }
        for (const problem of misfits(proto.output, signature.outputs, 'output'))
          yield { message: `${label} ${problem}.`, hint: hintOf(signature.outputs, 'outputs'), node }
      }
  },
})

function misfits(names: readonly string[], parameters: readonly Parameter[], what: 'input' | 'output'): string[] {
  const isOpen = parameters.at(-1)?.kind === 'variadic'
  if (!isOpen && names.length > parameters.length)
    return [`has ${names.length} ${what}s where its operator has ${parameters.length}`]
  const needed = parameters.findLastIndex(({ atLeast }) => atLeast > 0)
  const atLeast = needed + (parameters[needed]?.atLeast ?? 1)
  const missing = parameters.filter(({ kind }, index) => kind === 'single' && index >= names.length)
  if (missing.length > 0) return missing.map(({ name }) => `lacks its ${what} ${name}`)
  if (names.length < atLeast) return [`has ${names.length} ${what}s where its operator needs ${atLeast}`]
  return names.flatMap((name, index) => {
    const parameter = parameterAt(parameters, index)
    const mayBeLeftOut = parameter?.kind === 'optional' || !parameter?.isHomogeneous || what === 'output'
    if (name !== '' || (mayBeLeftOut && parameter?.kind !== 'single')) return []
    return [`leaves out its ${what} ${parameter?.name}, which it must have`]
  })
}

const hintOf = (parameters: readonly Parameter[], what: string) =>
  parameters.length === 0
    ? `The operator has no ${what}.`
    : `Its ${what} are: ${parameters.map(({ name, kind }) => (kind === 'optional' ? `${name} (may be left out)` : kind === 'variadic' ? `${name}, …` : name)).join(', ')}.`
