import { type Metrics, RecipeError, RunError } from '@pare/core-graph'
import type { EpochResult } from './epoch-result.ts'
import type { TrainOptions } from './train-options.ts'

/** By what epochs are compared. */
export interface BestMetric {
  readonly name: string
  /** @throws RunError `RUN_METRIC` when the metrics lack it */
  readonly valueIn: (metrics: Metrics) => number
  readonly isBetter: (value: number, than: number) => boolean
}

/** The figures of `@pare/evaluate`. */
const directions: Readonly<Record<string, 'higher' | 'lower'>> = {
  classAccuracy: 'higher',
  agreement: 'higher',
  sqnr: 'higher',
  cosine: 'higher',
  loss: 'lower',
  divergence: 'lower',
}

export const knownMetrics: string = ['top1', 'top5', ...Object.keys(directions)].join(', ')

/** Undefined for a figure that is none of Pare's. */
export const knownDirection = (metric: string): 'higher' | 'lower' | undefined =>
  Object.hasOwn(directions, metric) ? directions[metric] : /^top\d+$/.test(metric) ? 'higher' : undefined

/** @throws RecipeError `RECIPE_TRAIN_OPTIONS` for a metric of which it is not known whether higher values are better */
export function bestMetric({ metric, better }: TrainOptions['best']): BestMetric {
  const direction = better ?? knownDirection(metric)
  if (!direction)
    throw new RecipeError({
      code: 'RECIPE_TRAIN_OPTIONS',
      message: `The best epoch is to be chosen by ${metric}, which is none of Pare's metrics.`,
      hint: `Those are ${knownMetrics}. Of a metric of your own, say best: { metric: ${metric}, better: higher } (or lower).`,
    })
  return {
    name: metric,
    valueIn: metrics => {
      const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
      if (value !== undefined) return value
      throw new RunError({
        code: 'RUN_METRIC',
        message: `The evaluation gives no ${metric}, by which the best epoch is to be chosen.`,
        hint: `It gives: ${Object.keys(metrics).join(', ') || 'nothing'}.`,
      })
    },
    // What is no number is never better than what is one.
    isBetter: (value, than) =>
      (direction === 'higher' ? value > than : value < than) || (Number.isNaN(than) && !Number.isNaN(value)),
  }
}

/**
 * Whether an epoch is better than the best before. Of two with the same figure it is the one with the lower loss: that of
 * the evaluation, or of training where that gives none.
 * @throws RunError `RUN_METRIC` as `valueIn`
 */
export function isBetterEpoch(metric: BestMetric, result: EpochResult, best: EpochResult | undefined): boolean {
  const value = metric.valueIn(result.metrics)
  if (!best) return true
  const than = metric.valueIn(best.metrics)
  const lossOf = ({ loss, metrics }: EpochResult) => metrics.loss ?? loss
  return metric.isBetter(value, than) || (value === than && lossOf(result) < lossOf(best))
}
