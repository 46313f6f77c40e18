import { defineChannelRule } from '../rule.ts'
import { fromFront } from './axis.ts'
import { passOthers } from './pass-all.ts'

/** Axes from `axis` on are normalized, each place by all others: cutting one would change those that are left. */
export const LayerNormalization = defineChannelRule({
  op: 'LayerNormalization',
  flow: ({ X }, { axis }) => {
    const first = fromFront(axis, X.shape.length)
    const labels = passOthers(X, other => other >= first)
    return { Y: labels, Mean: labels, InvStdDev: labels }
  },
})
