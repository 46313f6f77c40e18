import { type Batch, type DataSource, type Graph, RecipeError, type TrainingPart } from '@pare/core-graph'
import { z } from 'zod'
import { labelsMissing, stepsOf } from './check-training-data.ts'
import { epochsOfChange } from './frozen.ts'
import { fed, type Joined, joined } from './joined-parts.ts'
import { prepared, withBatchSize, withoutUnread } from './model-state.ts'
import { type StepGraph, stepGraph } from './step-graph.ts'
import { type TrainOptions, type TrainOptionsInput, trainOptions } from './train-options.ts'

/** A training before its first step. */
export interface PreparedTraining {
  readonly options: TrainOptions
  /** The model that is trained and what its parts add to it, for any batch size that it took. */
  readonly graph: Graph
  readonly joined: Joined
  /** A graph of this training as it is without: what the model's outputs are made of, and its own inputs. */
  readonly alone: (graph: Graph) => Graph
  /** The step of the first epoch. */
  readonly step: StepGraph
  /** The step of an epoch, from 1: another one where more is frozen than before, of the same state. */
  readonly stepAt: (epoch: number) => StepGraph
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
  const additions = joined(model, parts)
  const named = [...options.loss, ...additions.terms].flatMap(term =>
    Object.values(term).filter(value => typeof value === 'string'),
  )
  const kept = [...additions.trainable.map(({ name }) => name), ...[...additions.state].flat(), ...named]
  const graph = prepared(additions.graph, kept)
  const batched = withBatchSize(graph, options.batchSize, kept)
  const step = stepGraph(batched, options, additions)
  // All at once: what is wrong with a later one is told before the first step.
  const later = epochsOfChange([...options.freeze, ...additions.frozen], options.epochs).slice(1)
  const phases = later.map(epoch => {
    const phase = { epoch, first: step }
    return { epoch, step: stepGraph(batched, options, { ...additions, phase }) }
  })
  if (step.feeds.targets && !source.labelled) throw labelsMissing()
  const stepAt = (epoch: number) => phases.findLast(phase => phase.epoch <= epoch)?.step ?? step
  const inputs = new Set(model.inputs.map(({ name }) => name))
  const alone = (graph: Graph) => withoutUnread(graph, inputs)
  return { options, graph, joined: additions, alone, step, stepAt, stepsPerEpoch }
}

/** @throws RecipeError `RECIPE_TRAIN_OPTIONS` */
export function parsed(options: TrainOptionsInput = {}): TrainOptions {
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
  readonly parts: readonly TrainingPart[]
  readonly epoch: number
  /** Batches that were trained with already. */
  readonly skip: number
  readonly seed: number
  readonly signal: AbortSignal | undefined
}

/** An epoch's full batches, with what the parts feed. */
export const batchesOf = (
  source: DataSource,
  { options, stepsPerEpoch }: PreparedTraining,
  { parts, epoch, skip, seed, signal }: Pass,
): AsyncIterable<Batch> =>
  fed(
    source.batches({
      batchSize: options.batchSize,
      limit: stepsPerEpoch * options.batchSize,
      skip,
      shuffle: { seed, epoch },
      dropLast: true,
      augment: options.augment,
      ...(signal && { signal }),
    }),
    parts,
  )
