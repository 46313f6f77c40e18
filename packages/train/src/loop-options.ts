import { z } from 'zod'
import { knownDirection, knownMetrics } from './best-metric.ts'

/** Options of the loop around the steps: when a model is measured, which is the best, what is kept. */
export const loopOptions = {
  evaluateEvery: z
    .int()
    .positive()
    .default(1)
    .describe('Epochs from one evaluation to the next; after the last one the model is evaluated in any case'),
  best: z
    .strictObject({
      metric: z
        .string()
        .min(1)
        .default('top1')
        .describe('Figure of the evaluation, such as top1, top5, loss, or agreement with a teacher'),
      better: z
        .enum(['higher', 'lower'])
        .optional()
        .describe('Needed for a figure of your own. Default: known for those of Pare'),
    })
    .refine(({ metric, better }) => better ?? knownDirection(metric), {
      path: ['metric'],
      message: `none of ${knownMetrics}; a figure of your own needs \`better: higher\` or \`better: lower\` beside it`,
    })
    .prefault({})
    .describe('By what the best epoch is chosen, whose model is the result'),
  patience: z
    .int()
    .positive()
    .optional()
    .describe(
      'Training ends at an evaluation when the best epoch is so many epochs back. Default: it goes on to the last epoch',
    ),
  checkpointEvery: z
    .strictObject({
      steps: z.int().positive().optional().describe('Updates within an epoch'),
      minutes: z.number().positive().optional().describe('Minutes of work'),
    })
    .default({ minutes: 10 })
    .describe(
      'When the state is kept within an epoch too, to go on from after an interruption. It is kept after every epoch',
    ),
  keep: z.int().positive().default(1).describe('Epochs whose checkpoints are kept, the last ones'),
}

/** Options that make no difference to the result: a training may go on with others. */
export const withoutEffect = ['checkpointEvery', 'keep'] as const
