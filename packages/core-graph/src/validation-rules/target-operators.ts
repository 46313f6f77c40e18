import { defineValidationRule } from '../validation/rule.ts'

/** A node without inputs is a constant, which the tools that make a model for a target fold. */
export const targetOperators = defineValidationRule({
  id: 'target-operators',
  severity: 'error',
  demands: 'The target runs every operator of the model.',
  *check({ scopes, target }) {
    if (!target) return
    const { operators, missing = [] } = target
    const lacks = (op: string) => (operators ? !operators.includes(op) : missing.includes(op))
    for (const { nodes } of scopes)
      for (const { domain, op, name, label, proto } of nodes)
        if (domain === '' && proto.input.length > 0 && lacks(op))
          yield {
            message: `${label} is of an operator that ${target.id} does not run.`,
            hint: 'Replace the operator, or run this part of the model elsewhere.',
            node: { name, op },
          }
  },
})
