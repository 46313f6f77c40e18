import { defineValidationRule } from '../validation/rule.ts'

/** Nodes mean what the imported version of their domain's operator set says (ONNX IR, "Operator Sets"). */
export const operatorSets = defineValidationRule({
  id: 'operator-sets',
  severity: 'error',
  demands: 'Every domain whose operators the nodes use is imported, once, in a version above 0.',
  *check({ model, scopes }) {
    const seen = new Set<string>()
    for (const { domain, version } of model.opsetImport) {
      const name = domain || 'ai.onnx'
      if (seen.has(name))
        yield {
          message: `The model imports the operator set ${name} twice.`,
          hint: 'Keep the version that the nodes are written against.',
        }
      seen.add(name)
      if (version < 1n)
        yield { message: `The model imports version ${version} of ${name}.`, hint: 'Versions start at 1.' }
    }
    for (const { nodes, opsets, kind } of scopes)
      for (const { domain, label, name, op } of nodes)
        if (!opsets.has(domain))
          yield {
            message: `${label} is of the domain ${domain || 'ai.onnx'}, which is not imported.`,
            hint: `Add the domain and its version to the operator sets of the ${kind === 'function' ? 'function' : 'model'}.`,
            node: { name, op },
          }
  },
})
