import type { Need, Random } from '@pare/core-graph'
import { z } from 'zod'

/** What there is to judge the channels of a group by, as one tensor or value of it shows them. */
export interface ChannelEvidence {
  /** By channel: its numbers, of what the criterion looks at. */
  readonly values: readonly Float32Array[]
  /** By channel: derivatives of the loss by these numbers; empty where the criterion looks at no gradients. */
  readonly gradients: readonly Float32Array[]
  readonly random: Random
}

/**
 * What a criterion sees of a group, once for each tensor or value that there is: `weights`, the layers that make the
 * channels; `gradients`, the same with the derivatives of the loss on one batch of training data; `scales`, those of
 * BatchNormalization; `activations`, the share of zeros among a rectified value (one number a channel).
 */
export type EvidenceKind = 'weights' | 'gradients' | 'scales' | 'activations'

/** How much a channel matters: the least important ones are cut first. */
export interface Importance<Options extends z.ZodObject = z.ZodObject> {
  /** What a recipe says after `importance:`; kebab-case. */
  readonly id: string
  /** One sentence for help and forms. */
  readonly description: string
  readonly options: Options
  readonly looksAt: EvidenceKind
  /** Data that it takes, which the strategy asks for. */
  readonly needs: readonly Need[]
  /** A number from 0 upwards for each channel; comparable within the group only. */
  readonly score: (evidence: ChannelEvidence) => readonly number[]
}

/** Returns the criterion as it is, frozen. */
export const defineImportance = <Options extends z.ZodObject>(importance: Importance<Options>): Importance<Options> =>
  Object.freeze(importance)

/** Of criteria that look at data. */
export const samplingOptions = z.strictObject({
  samples: z.int().positive().default(512).describe('Samples to look at: the first of a shuffle by the seed'),
  batchSize: z.int().positive().default(32).describe('Samples that run at a time'),
})
