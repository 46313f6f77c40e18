import type { FlowValue } from '../channels/labels.ts'
import { type AnyChannelRule, defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'
import { passAll, passOthers } from './pass-all.ts'

/** Axes that are reduced are computed across; the others stay, without the reduced ones where those are dropped. */
export function defineReduce(op: `Reduce${string}`): AnyChannelRule {
  const rule: AnyChannelRule = {
    op,
    flow: (inputs, { keepdims, noop_with_empty_axes: noop }) => {
      const { data, axes } = inputs as { readonly data: FlowValue; readonly axes?: FlowValue }
      const given = axes ? axes.numbers : []
      if (!given) return {}
      if (given.length === 0 && noop === 1) return { reduced: passAll(data) }
      const reduced = new Set(given.map(axis => fromFront(axis, data.shape.length)))
      const isReduced = (axis: number) => reduced.size === 0 || reduced.has(axis)
      const labels = passOthers(data, isReduced)
      return { reduced: keepdims === 0 ? labels.filter((_, axis) => !isReduced(axis)) : labels }
    },
  }
  return defineChannelRule(rule as never)
}
