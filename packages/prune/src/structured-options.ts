import { type Need, nodePatterns, type Target } from '@pare/core-graph'
import { z } from 'zod'
import { importanceNeeds, importanceOption } from './importance-option.ts'
import { targetOption } from './targets.ts'

/** The options of every strategy that cuts channels. */
export const structuredOptions = {
  target: targetOption,
  importance: importanceOption,
  multiple: z
    .int()
    .positive()
    .optional()
    .describe(
      'What is left of a layer is a multiple of so many channels. Default: 8 where the target runs those faster, else 1',
    ),
  maxRatio: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.9)
    .describe('Largest share of the channels of a layer that may go; one channel always stays'),
  include: nodePatterns.optional().describe(`Cut only channels that these layers make. ${nodePatterns.description}`),
  exclude: nodePatterns.default([]).describe(`Leave the channels of these layers. ${nodePatterns.description}`),
}

const schema = z.strictObject(structuredOptions)

export type StructuredOptions = z.output<typeof schema>

/** Of how many channels a multiple stays: as the options say, else as the target runs them best. */
export const multipleFor = ({ multiple }: Pick<StructuredOptions, 'multiple'>, target: Target | undefined): number =>
  multiple ?? target?.channelMultiple ?? 1

/** What a strategy that cuts channels needs: the data of its importance, and a latency where that is the target. */
export const structuredNeeds = ({ importance, target }: StructuredOptions): readonly Need[] => [
  ...importanceNeeds(importance),
  ...(target.latency === undefined ? [] : (['latency'] as const)),
]
