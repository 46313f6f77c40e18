import { createHash } from 'node:crypto'
import {
  type Batch,
  DataError,
  type DataSource,
  type Evaluator,
  type Executor,
  type Graph,
  RecipeError,
  RunError,
  tensorBytes,
} from '@pare/core-graph'
import { z } from 'zod'
import { type BestEpoch, type CheckpointStore, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { expandComposites } from './composites/expand-composites.ts'
import type { EpochResult } from './epoch-result.ts'
import { learningRateAt } from './learning-rate.ts'
import { initialState, modelState, prepared, type State, withBatchSize, withState } from './model-state.ts'
import { runStep } from './run-step.ts'
import { type StepGraph, stepGraph } from './step-graph.ts'
import { type TrainOptions, type TrainOptionsInput, trainOptions } from './train-options.ts'

/** What a model is trained with. */
export interface TrainSetup {
  readonly options?: TrainOptionsInput
  /** Labelled samples, their number known. */
  readonly source: DataSource
  readonly executor: Executor
  /** Measures the model after each epoch, on data that it is not trained with. */
  readonly evaluate: Evaluator
  /** The metric that the best epoch is chosen by, the higher the better. Default `top1`. */
  readonly metric?: string
  /** Fixes the order of the samples and their augmentation. */
  readonly seed: number
  /** Where the state is kept after each epoch, and read from if it is there. Default: nowhere. */
  readonly checkpoint?: CheckpointStore
  readonly signal?: AbortSignal
  /** Told after each step. */
  readonly onProgress?: (progress: TrainProgress) => void
  /** Told of each epoch; those of an interrupted training, read from its checkpoint, come first. */
  readonly onEpoch?: (result: EpochResult) => void
}

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
  /** Share of the training samples that were classified rightly in this epoch so far. */
  readonly accuracy: number
  readonly learningRate: number
  /** Of this epoch. */
  readonly samplesPerSecond: number
  /** Estimate of the time until training ends. */
  readonly secondsLeft: number
}

/** The trained model, and how training went. */
export interface TrainResult {
  /** The model of the best epoch, BatchNormalization in inference form with its running statistics. */
  readonly graph: Graph
  readonly best: EpochResult
  readonly epochs: readonly EpochResult[]
}

/**
 * Trains a classifier with one output `[N, classes]` by cross-entropy: one run of one graph is one step. The same
 * model, data, options and seed give the same weights on the same machine with the same number of threads, also after
 * an interruption. Dropout is taken out of the model.
 *
 * @throws RecipeError `RECIPE_TRAIN_OPTIONS`; ModelError `MODEL_GRADIENT`, `MODEL_TRAIN` for a model that cannot be
 *   trained; DataError `DATA_LABELS`, `DATA_SIZE` for data that it cannot be trained with; RunError `RUN_DIVERGED` when
 *   the loss is no number any more, `RUN_METRIC` when the evaluation lacks the metric, `RUN_CHECKPOINT` when the
 *   checkpoint cannot be used; the signal's reason
 */
export async function train(model: Graph, setup: TrainSetup): Promise<TrainResult> {
  const { source, executor, evaluate, metric = 'top1', seed, checkpoint, signal } = setup
  const options = parsed(setup.options)
  const steps = stepsOf(source, options.batchSize)
  const graph = prepared(model)
  const step = stepGraph(withBatchSize(graph, options.batchSize), options)

  const identity = JSON.stringify({ options, seed, metric, samples: source.size, weights: digestOf(step) })
  const saved = checkpoint && (await readCheckpoint(checkpoint, identity))
  const epochs: EpochResult[] = [...(saved?.epochs ?? [])]
  let state: State = saved?.state ?? initialState(step)
  let best: BestEpoch | undefined = saved?.best
  for (const result of epochs) setup.onEpoch?.(result)

  await using session = await executor.open(expandComposites(step.graph))
  const clock = { started: performance.now(), stepsBefore: epochs.length * steps }
  while (epochs.length < options.epochs) {
    const epoch = epochs.length
    const started = performance.now()
    let [done, lossSum, right] = [0, 0, 0]
    const means = () => ({ loss: lossSum / done, accuracy: right / (done * options.batchSize) })
    for await (const batch of batchesOf(source, epoch, { options, seed, signal })) {
      signal?.throwIfAborted()
      const learningRate = learningRateAt(epoch * steps + done, steps, options)
      const outcome = await runStep(session, step, { batch, learningRate, state })
      if (!Number.isFinite(outcome.loss)) throw diverged(epoch + 1, done + 1)
      state = outcome.state
      lossSum += outcome.loss
      right += outcome.right ?? 0
      done++
      const total = epoch * steps + done
      const now = performance.now()
      const secondsPerStep = (now - clock.started) / 1000 / (total - clock.stepsBefore)
      setup.onProgress?.({
        epoch: epoch + 1,
        epochs: options.epochs,
        step: done,
        steps,
        ...means(),
        learningRate,
        samplesPerSecond: (1000 * done * options.batchSize) / (now - started),
        secondsLeft: secondsPerStep * (options.epochs * steps - total),
      })
    }
    const metrics = await evaluate(withState(graph, step, state), signal ? { signal } : {})
    const result: EpochResult = { epoch: epoch + 1, ...means(), metrics }
    epochs.push(result)
    if (!best || metricOf(result, metric) > metricOf(best.result, metric))
      best = { result, state: modelState(step, state) }
    if (checkpoint) await writeCheckpoint(checkpoint, { identity, epochs, state, best })
    setup.onEpoch?.(result)
  }
  if (!best) throw new Error('A training has at least one epoch.')
  return { graph: withState(graph, step, best.state), best: best.result, epochs }
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

function stepsOf({ size, labelled }: DataSource, batchSize: number): number {
  if (!labelled)
    throw new DataError({
      code: 'DATA_LABELS',
      message: 'The training data has no labels.',
      hint: 'Give the class of each sample.',
    })
  if (size === undefined)
    throw new DataError({
      code: 'DATA_SIZE',
      message: 'The number of training samples is not known.',
      hint: 'Give data whose size is known.',
    })
  if (size < batchSize)
    throw new DataError({
      code: 'DATA_SIZE',
      message: `${size} training samples do not fill a batch of ${batchSize}.`,
      hint: 'Give more samples, or make batchSize smaller.',
    })
  return Math.floor(size / batchSize)
}

/** Tells a model that is to be trained from all others: its names, shapes and weights. */
function digestOf({ state }: StepGraph): string {
  const hash = createHash('sha256')
  for (const [name, { initial, ofModel }] of state)
    if (ofModel) hash.update(`${name} ${initial.dims}\n`).update(tensorBytes(initial))
  return hash.digest('hex')
}

interface Order {
  readonly options: TrainOptions
  readonly seed: number
  readonly signal: AbortSignal | undefined
}

/** An epoch's full batches. */
const batchesOf = (source: DataSource, epoch: number, { options, seed, signal }: Order): AsyncIterable<Batch> =>
  source.batches({
    batchSize: options.batchSize,
    shuffle: { seed, epoch },
    dropLast: true,
    augment: options.augment,
    ...(signal && { signal }),
  })

function metricOf({ metrics }: EpochResult, name: string): number {
  const value = metrics[name]
  if (value !== undefined) return value
  throw new RunError({
    code: 'RUN_METRIC',
    message: `The evaluation gives no ${name}, by which the best epoch is to be chosen.`,
    hint: `It gives: ${Object.keys(metrics).join(', ') || 'nothing'}.`,
  })
}

const diverged = (epoch: number, step: number) =>
  new RunError({
    code: 'RUN_DIVERGED',
    message: `The loss is no number any more (epoch ${epoch}, step ${step}).`,
    hint: 'Make the learning rate smaller, or the warm-up longer.',
  })
