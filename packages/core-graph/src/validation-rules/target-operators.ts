import type { Target } from '../target.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** A node without inputs is a constant, which the tools that make a model for a target fold. */
export const targetOperators = defineValidationRule({
  id: 'target-operators',
  severity: 'error',
  demands: 'The target runs every operator of the model.',
  *check({ scopes, functions, target }) {
    if (!target) return
    // Functions of the model's own are replaced by what they consist of.
    const own = new Set([...functions.values()].map(({ domain }) => domain))
    for (const { nodes } of scopes)
      for (const { domain, op, name, label, proto } of nodes)
        if (proto.input.length > 0 && !own.has(domain) && lacks(target, domain, op))
          yield {
            message: `${label} is of an operator that ${target.id} does not run.`,
            hint: 'Replace the operator, or run this part of the model elsewhere.',
            node: { name, op },
          }
  },
})

function lacks({ domains, operators, missing = [] }: Target, domain: string, op: string): boolean {
  if (domain !== '') return domains?.includes(domain) === false
  return operators ? !operators.includes(op) : missing.includes(op)
}
