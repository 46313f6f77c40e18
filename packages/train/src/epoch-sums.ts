import type { Metrics } from '@pare/core-graph'
import type { StepResult } from './run-step.ts'

/** What the steps of an epoch add up to so far. Plain JSON: a checkpoint within an epoch has it. */
export interface EpochSums {
  /** Steps: batches, of which an update takes one or several. */
  readonly steps: number
  readonly loss: number
  /** Each term of the loss without its weight, by its name. */
  readonly terms: Metrics
  /** Samples that were classified rightly; undefined for a model or a loss without classes. */
  readonly right?: number | undefined
}

export const noSteps: EpochSums = { steps: 0, loss: 0, terms: {} }

/** Means over the steps of an epoch. */
export interface EpochMeans {
  readonly loss: number
  /** Each term of the loss without its weight, by its name. */
  readonly terms: Metrics
  /** Share of the samples that were classified rightly, augmented and while the model was changing; undefined without classes. */
  readonly accuracy?: number
}

export function addStep(sums: EpochSums, { loss, terms, right }: StepResult): EpochSums {
  return {
    steps: sums.steps + 1,
    loss: sums.loss + loss,
    terms: Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, (sums.terms[name] ?? 0) + term])),
    right: right === undefined ? undefined : (sums.right ?? 0) + right,
  }
}

export function meansOf({ steps, loss, terms, right }: EpochSums, batchSize: number): EpochMeans {
  return {
    loss: loss / steps,
    terms: Object.fromEntries(Object.entries(terms).map(([name, sum]) => [name, sum / steps])),
    ...(right !== undefined && { accuracy: right / (steps * batchSize) }),
  }
}
