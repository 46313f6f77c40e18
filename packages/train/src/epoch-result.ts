import type { Metrics } from '@pare/core-graph'
import type { EpochMeans } from './epoch-sums.ts'

/** The figures of one epoch: means over its steps, and what the model after it is worth. */
export interface EpochResult extends EpochMeans {
  /** From 1. */
  readonly epoch: number
  /** What the evaluation gave; empty for an epoch without one. */
  readonly metrics: Metrics
}
