import type { FlowValue } from '../channels/labels.ts'
import { type AnyChannelRule, defineChannelRule } from '../rule.ts'
import { passOthers } from './pass-all.ts'

/** X:[N, C, *s] pooled over s, each channel by itself. */
export function definePool(op: 'AveragePool' | 'GlobalAveragePool' | 'GlobalMaxPool' | 'MaxPool'): AnyChannelRule {
  const rule: AnyChannelRule = {
    op,
    flow: (inputs, _, flow) => {
      const { X } = inputs as { readonly X: FlowValue }
      // The indices of MaxPool count through all channels.
      return flow.node.outputs[1] ? {} : { Y: passOthers(X, axis => axis > 1) }
    },
  }
  return defineChannelRule(rule as never)
}
