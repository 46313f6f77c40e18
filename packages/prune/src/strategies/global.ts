import { defineStrategy } from '@pare/core-graph'
import { z } from 'zod'
import { normalized } from '../group-importance.ts'
import { pruneChannels } from '../prune-channels.ts'
import { structuredNeeds, structuredOptions } from '../structured-options.ts'

/** all channels of all groups in one order of importance, made comparable within each group; the least go first */
export const global = defineStrategy({
  id: 'prune.global',
  description: 'Cut the channels that matter least, wherever they are, so that a target is met.',
  options: z.strictObject({
    ...structuredOptions,
    normalize: z
      .enum(['mean', 'max'])
      .default('mean')
      .describe(
        'What importance is a multiple of, so that layers can be compared: the mean of its layer, or the greatest',
      ),
  }),
  needs: structuredNeeds,
  prepare: (graph, options, context) =>
    pruneChannels(graph, options, context, ({ groups, scores }) => {
      const most = new Map(groups.map(({ name, channels }) => [name, Math.floor(channels * options.maxRatio)]))
      const order = groups
        .flatMap(({ name }) =>
          normalized(scores.get(name) ?? [], options.normalize)
            .toSorted((a, b) => a - b)
            .slice(0, most.get(name))
            .map(score => ({ name, score })),
        )
        .toSorted((a, b) => a.score - b.score)
      return {
        countsAt: level => {
          const counts = new Map<string, number>()
          for (const { name } of order.slice(0, Math.round(level * order.length)))
            counts.set(name, (counts.get(name) ?? 0) + 1)
          return counts
        },
      }
    }),
})
