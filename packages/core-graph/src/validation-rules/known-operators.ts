import { knownDomains, signatureOf, versionsOf } from '../opset/signature.ts'
import { defineValidationRule, functionKey } from '../validation/rule.ts'

/** Operators of ONNX's own domains exist in the imported version; other domains are their runtimes' own. */
export const knownOperators = defineValidationRule({
  id: 'known-operators',
  severity: 'error',
  demands: 'Every operator of ONNX exists, and is in use, in the imported version of its operator set.',
  *check({ scopes, functions }) {
    for (const { nodes, opsets } of scopes)
      for (const { domain, op, name, label, proto } of nodes) {
        const version = opsets.get(domain)
        if (version === undefined || !knownDomains.has(domain)) continue
        if (functions.has(functionKey(domain, op, proto.overload))) continue
        const signature = signatureOf(domain, op, version)
        if (signature && !signature.isDeprecated) continue
        const [first] = versionsOf(domain, op)
        const set = domain || 'ai.onnx'
        const problem = signature
          ? `was taken out of use by version ${signature.since} of ${set}; the model imports ${version}`
          : first === undefined
            ? `is no operator of ${set}`
            : `came with version ${first} of ${set}; the model imports ${version}`
        yield {
          message: `${label} ${problem}.`,
          hint: signature
            ? 'Replace it by the operator that took its place.'
            : first === undefined
              ? 'Check its name, or give the domain that it comes from.'
              : `Import version ${first}, or export the model for ${version}.`,
          node: { name, op },
        }
      }
  },
})
