import {
  type Batch,
  DataError,
  type DataSource,
  type Evaluator,
  type Executor,
  type Graph,
  RunError,
  upgradeOpset,
} from '@pare/core-graph'
import { type BestEpoch, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import type { EpochResult } from './epoch-result.ts'
import { initialState, modelState, type State, withBatchSize, withState } from './model-state.ts'
import { runStep } from './run-step.ts'
import { cosine } from './schedules/cosine.ts'
import { stepGraph } from './step-graph.ts'
import { type TrainOptions, type TrainOptionsInput, trainOptions } from './train-options.ts'

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
  /** A file that the state is written to after each epoch, and read from if it is there. Default: none. */
  readonly checkpoint?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TrainProgress) => void
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
  readonly samplesPerSecond: number
  /** Estimate of the time until training ends. */
  readonly secondsLeft: number
}

export interface TrainResult {
  /** The model of the best epoch, BatchNormalization in inference form with its running statistics. */
  readonly graph: Graph
  readonly best: EpochResult
  readonly epochs: readonly EpochResult[]
}

/**
 * Trains a classifier with one output `[N, classes]` by cross-entropy: one run of one graph is one step. The same
 * model, data, options and seed give the same weights on the same machine, also after an interruption.
 *
 * @throws ModelError `MODEL_GRADIENT`, `MODEL_TRAIN` for a model that cannot be trained; DataError `DATA_LABELS`,
 *   `DATA_SIZE` for data that it cannot be trained with; RunError `RUN_DIVERGED` when the loss is no number any more,
 *   `RUN_METRIC` when the evaluation lacks the metric, `RUN_CHECKPOINT` when the checkpoint is of another training;
 *   the signal's reason
 */
export async function train(model: Graph, setup: TrainSetup): Promise<TrainResult> {
  const { source, executor, seed, metric = 'top1', checkpoint, signal } = setup
  const options = trainOptions.parse(setup.options ?? {})
  const { epochs, batchSize } = options
  const steps = stepsOf(source, batchSize)
  const graph = upgradeOpset(model)
  const step = stepGraph(withBatchSize(graph, batchSize), options)

  const identity = JSON.stringify({ model: graph.name, options, seed, metric, samples: source.size })
  const saved = checkpoint === undefined ? undefined : await readCheckpoint(checkpoint, identity)
  const results: EpochResult[] = [...(saved?.epochs ?? [])]
  let state: State = saved?.state ?? initialState(step)
  let best: BestEpoch | undefined = saved?.best

  await using session = await executor.open(step.graph)
  const started = performance.now()
  const first = results.length * steps
  for (let epoch = results.length; epoch < epochs; epoch++) {
    const epochStarted = performance.now()
    const sums = { loss: 0, right: 0 }
    let done = 0
    const means = () => ({ loss: sums.loss / done, accuracy: sums.right / (done * batchSize) })
    const batches = source.batches({
      batchSize,
      shuffle: { seed, epoch },
      dropLast: true,
      augment: options.augment,
      ...(signal && { signal }),
    })
    for await (const batch of batches) {
      signal?.throwIfAborted()
      const learningRate = learningRateAt(epoch * steps + done, steps, options)
      const outcome = await runStep(session, step, { batch, labels: labelsOf(batch), learningRate, state })
      state = outcome.state
      sums.loss += outcome.loss
      sums.right += outcome.right
      done++
      if (!Number.isFinite(outcome.loss)) throw diverged(epoch + 1, done)
      const total = epoch * steps + done
      const now = performance.now()
      setup.onProgress?.({
        epoch: epoch + 1,
        epochs,
        step: done,
        steps,
        ...means(),
        learningRate,
        samplesPerSecond: (1000 * done * batchSize) / (now - epochStarted),
        secondsLeft: ((now - started) / 1000 / (total - first)) * (epochs * steps - total),
      })
    }
    const metrics = await setup.evaluate(withState(graph, step, state), signal ? { signal } : {})
    const result: EpochResult = { epoch: epoch + 1, ...means(), metrics }
    results.push(result)
    if (!best || metricOf(result, metric) > metricOf(best.result, metric))
      best = { result, state: modelState(step, state) }
    if (checkpoint !== undefined) await writeCheckpoint(checkpoint, { identity, epochs: results, state, best })
    setup.onEpoch?.(result)
  }
  if (!best) throw new Error('A training has at least one epoch.')
  return { graph: withState(graph, step, best.state), best: best.result, epochs: results }
}

function stepsOf({ size, labelled }: DataSource, batchSize: number): number {
  if (!labelled)
    throw new DataError({
      code: 'DATA_LABELS',
      message: 'The training data has no labels.',
      hint: 'Give the class of each sample.',
    })
  if (size === undefined || size < batchSize)
    throw new DataError({
      code: 'DATA_SIZE',
      message:
        size === undefined
          ? 'The number of training samples is not known.'
          : `${size} training samples do not fill a batch of ${batchSize}.`,
      hint: size === undefined ? 'Give data whose size is known.' : 'Give more samples, or make batchSize smaller.',
    })
  return Math.floor(size / batchSize)
}

function learningRateAt(step: number, stepsPerEpoch: number, { epochs, optimizer, schedule }: TrainOptions): number {
  const warmup = Math.round(schedule.warmupEpochs * stepsPerEpoch)
  return optimizer.learningRate * cosine(step, epochs * stepsPerEpoch, warmup)
}

function labelsOf({ labels }: Batch): Int32Array {
  if (labels) return labels
  throw new DataError({
    code: 'DATA_LABELS',
    message: 'A batch has no labels.',
    hint: 'Give the class of each sample.',
  })
}

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
