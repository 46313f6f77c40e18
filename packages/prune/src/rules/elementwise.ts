import { operators } from '@pare/core-graph'
import type { FlowValue } from '../channels/labels.ts'
import { type AnyChannelRule, defineChannelRule } from '../rule.ts'

/** Each place of the output is a function of the same place of every input, which are broadcast: what meets goes together. */
export function defineElementwise(op: keyof typeof operators): AnyChannelRule {
  const [output = ''] = operators[op].outputs
  const rule: AnyChannelRule = {
    op,
    flow: (inputs, _, flow) => {
      const values = Object.values(inputs).flat() as (FlowValue | undefined)[]
      return { [output]: flow.broadcast(...values.filter(value => value !== undefined)) }
    },
  }
  return defineChannelRule(rule as never)
}
