import type { Metrics } from '@pare/core-graph'

/** The figures of one epoch. */
export interface EpochResult {
  /** From 1. */
  readonly epoch: number
  /** Mean over the epoch's steps. */
  readonly loss: number
  /** Share of the training samples that were classified rightly, augmented and while the model was changing. */
  readonly accuracy: number
  /** What the evaluation gave. */
  readonly metrics: Metrics
}
