import { operators } from '@pare/core-graph'
import type { FlowValue } from '../channels/labels.ts'
import { type AnyChannelRule, defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'
import { passOthers } from './pass-all.ts'

/** Normalizes along one axis, whose places all depend on one another: none can be cut. */
export function defineAlongAxis(op: 'Softmax' | 'LogSoftmax' | 'Hardmax' | 'LpNormalization'): AnyChannelRule {
  const [output] = operators[op].outputs
  const rule: AnyChannelRule = {
    op,
    flow: (inputs, { axis }) => {
      const { input } = inputs as { readonly input: FlowValue }
      const mixed = fromFront(Number(axis), input.shape.length)
      return { [output]: passOthers(input, other => other === mixed) }
    },
  }
  return defineChannelRule(rule as never)
}
