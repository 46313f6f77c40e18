import { type Batch, type DataSource, type Graph, RecipeError, type TrainingPart } from '@pare/core-graph'
import { z } from 'zod'
import { labelsMissing, stepsOf } from './check-training-data.ts'
import type { LossTerm } from './loss.ts'
import { prepared, withBatchSize } from './model-state.ts'
import { type StepGraph, stepGraph } from './step-graph.ts'
import { type TrainOptions, type TrainOptionsInput, trainOptions } from './train-options.ts'

/** A training before its first step. */
export interface PreparedTraining {
  readonly options: TrainOptions
  /** The model that is trained, for any batch size that it took. */
  readonly graph: Graph
  readonly step: StepGraph
  /** Batches of an epoch: a last one that is not full is left out, and such as do not fill up an update. */
  readonly stepsPerEpoch: number
}

/**
 * Checks options and data, and makes the step's graph.
 * @throws RecipeError `RECIPE_TRAIN_OPTIONS`, DataError `DATA_LABELS`, `DATA_SIZE`, and what `stepGraph` throws
 */
export function prepareTraining(
  model: Graph,
  {
    source,
    options: given,
    parts = [],
  }: {
    readonly source: DataSource
    readonly options?: TrainOptionsInput | undefined
    readonly parts?: readonly TrainingPart[] | undefined
  },
): PreparedTraining {
  const options = parsed(given)
  const stepsPerEpoch = stepsOf(source, options)
  const terms = parts.flatMap(({ terms = [] }) => terms as readonly LossTerm[])
  const trainable = parts.flatMap(({ trainable = [] }) => trainable)
  const state = new Map(parts.flatMap(({ state = [] }) => [...state]))
  const named = [...options.loss, ...terms].flatMap(term =>
    Object.values(term).filter(value => typeof value === 'string'),
  )
  const kept = [...trainable, ...[...state].flat(), ...named]
  const graph = prepared(model, kept)
  const frozen = parts.flatMap(({ frozen = [] }) => frozen)
  const batched = withBatchSize(graph, options.batchSize, kept)
  const step = stepGraph(batched, options, { terms, trainable, frozen, state })
  if (step.feeds.targets && !source.labelled) throw labelsMissing()
  return { options, graph, step, stepsPerEpoch }
}

function parsed(options: TrainOptionsInput = {}): TrainOptions {
  const { data, error } = trainOptions.safeParse(options)
  if (data) return data
  throw new RecipeError({
    code: 'RECIPE_TRAIN_OPTIONS',
    message: `The training options are not valid: ${z.prettifyError(error)}`,
    hint: 'Correct the options named.',
    cause: error,
  })
}

/** One epoch's pass over the data. */
export interface Pass {
  readonly epoch: number
  /** Batches that were trained with already. */
  readonly skip: number
  readonly seed: number
  readonly signal: AbortSignal | undefined
}

/** An epoch's full batches. */
export const batchesOf = (
  source: DataSource,
  { options, stepsPerEpoch }: PreparedTraining,
  { epoch, skip, seed, signal }: Pass,
): AsyncIterable<Batch> =>
  source.batches({
    batchSize: options.batchSize,
    limit: stepsPerEpoch * options.batchSize,
    skip,
    shuffle: { seed, epoch },
    dropLast: true,
    augment: options.augment,
    ...(signal && { signal }),
  })
