import type { Metrics } from '@pare/core-graph'
import { type EpochSums, meansOf } from './epoch-sums.ts'

/** How far training has come; sent after each step. */
export interface TrainProgress {
  /** From 1. */
  readonly epoch: number
  readonly epochs: number
  /** Of this epoch, from 1. */
  readonly step: number
  readonly steps: number
  /** Mean over this epoch so far. */
  readonly loss: number
  /** Each term of the loss without its weight, by its name, likewise. */
  readonly terms: Metrics
  /** Share of the training samples that were classified rightly in this epoch so far; undefined without classes. */
  readonly accuracy?: number
  readonly learningRate: number
  /** Of this epoch. */
  readonly samplesPerSecond: number
  /** Estimate of the time until training ends, with its evaluations. */
  readonly secondsLeft: number
}

/** Watches the clock over the epochs. */
export interface ProgressClock {
  /** Begins to measure the speed of an epoch, of which so many steps are done. */
  readonly beginEpoch: (epoch: number, stepsDone: number) => void
  /** After a step. */
  readonly after: (sums: EpochSums, learningRate: number) => TrainProgress
}

export function progressClock(
  { epochs, steps, batchSize }: { readonly epochs: number; readonly steps: number; readonly batchSize: number },
  now: () => number = () => performance.now(),
): ProgressClock {
  const started = now()
  let first: number | undefined
  let current = { epoch: 1, started, stepsBefore: 0 }
  return {
    beginEpoch: (epoch, stepsBefore) => {
      current = { epoch, started: now(), stepsBefore }
      first ??= (epoch - 1) * steps + stepsBefore
    },
    after: (sums, learningRate) => {
      const { epoch } = current
      const time = now()
      const total = (epoch - 1) * steps + sums.steps
      const secondsPerStep = (time - started) / 1000 / (total - (first ?? 0))
      return {
        epoch,
        epochs,
        step: sums.steps,
        steps,
        ...meansOf(sums, batchSize),
        learningRate,
        samplesPerSecond: (1000 * (sums.steps - current.stepsBefore) * batchSize) / (time - current.started),
        secondsLeft: secondsPerStep * (epochs * steps - total),
      }
    },
  }
}
