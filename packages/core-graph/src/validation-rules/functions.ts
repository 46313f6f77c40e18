import type { FunctionProto } from 'onnx-buf'
import { signatureOf } from '../opset/signature.ts'
import { defineValidationRule, functionKey } from '../validation/rule.ts'
import { plainDomain } from '../validation/scope.ts'

/** Functions stand for nodes of their own operator (ONNX IR, "Model Local Functions"); their bodies keep all other rules too. */
export const functions = defineValidationRule({
  id: 'functions',
  severity: 'error',
  demands:
    'Functions are defined once, have a name and domain, import operators in the form that the model does, and never call themselves.',
  *check({ model, scopes, functions }) {
    const modelOpsets = new Map(model.opsetImport.map(item => [plainDomain(item.domain), Number(item.version)]))
    const seen = new Set<string>()
    const bodies = scopes.filter(({ kind }) => kind === 'function')
    for (const [index, source] of model.functions.entries()) {
      const label = `The function ${source.domain}.${source.name}`
      const key = functionKey(source.domain, source.name, source.overload)
      if (source.name === '' || source.domain === '')
        yield { message: `${label} has no ${source.name === '' ? 'name' : 'domain'}.`, hint: 'Give it one.' }
      if (seen.has(key)) yield { message: `${label} is defined twice.`, hint: 'Keep one of them.' }
      seen.add(key)
      if (callsItself(key, functions)) yield { message: `${label} calls itself.`, hint: 'Use Loop to repeat.' }
      for (const { domain, op, label: node } of bodies[index]?.nodes ?? []) {
        const [own, outer] = [bodies[index]?.opsets.get(domain), modelOpsets.get(domain)]
        if (own === undefined || outer === undefined || own === outer) continue
        const [inFunction, inModel] = [signatureOf(domain, op, own), signatureOf(domain, op, outer)]
        if (inFunction?.since !== inModel?.since)
          yield {
            message: `${node} is of version ${own} of ${domain || 'ai.onnx'}, and the model imports ${outer}, where it has another form.`,
            hint: 'Import one version in both.',
          }
      }
    }
  },
})

/** Whether calls that start in a function come back to it. */
function callsItself(key: string, functions: ReadonlyMap<string, FunctionProto>): boolean {
  const reached = new Set<string>()
  const ahead = [key]
  // The list grows while it is walked.
  for (const from of ahead)
    for (const { domain, opType, overload } of functions.get(from)?.node ?? []) {
      const called = functionKey(domain, opType, overload)
      if (called === key) return true
      if (!functions.has(called) || reached.has(called)) continue
      reached.add(called)
      ahead.push(called)
    }
  return false
}
