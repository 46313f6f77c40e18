import { defineStrategy } from '@pare/core-graph'
import { z } from 'zod'
import { pruneChannels } from '../prune-channels.ts'
import { structuredNeeds, structuredOptions } from '../structured-options.ts'

/** one ratio r for all groups: round(r·C) channels of each go, r by bisection so that the target is met */
export const uniform = defineStrategy({
  id: 'prune.uniform',
  description: 'Cut the same share of the channels of every layer, so that a target is met.',
  options: z.strictObject(structuredOptions),
  needs: structuredNeeds,
  prepare: (graph, options, context) =>
    pruneChannels(graph, options, context, ({ groups }) => ({
      countsAt: level =>
        new Map(groups.map(({ name, channels }) => [name, Math.round(channels * level * options.maxRatio)])),
    })),
})
