import {
  DataError,
  type DataSource,
  type Evaluator,
  type Graph,
  RunError,
  type StatefulExecutor,
  type TrainingPart,
} from '@pare/core-graph'
import { bestMetric, isBetterEpoch } from './best-metric.ts'
import { type BestEpoch, readCheckpoint } from './checkpoint.ts'
import { checkpointKeeper } from './checkpoint-keeper.ts'
import { type CheckpointStore, removeOld } from './checkpoint-store.ts'
import type { EpochResult } from './epoch-result.ts'
import { addStep, type EpochSums, meansOf, noSteps } from './epoch-sums.ts'
import { firstInState, firstNotFinite } from './first-not-finite.ts'
import { epochOf, patternOf } from './frozen.ts'
import { learningRateAt } from './learning-rate.ts'
import { namesOfModel, type State, stateOf, withState } from './model-state.ts'
import { openPhases } from './open-phases.ts'
import { batchesOf, prepareTraining } from './prepare-training.ts'
import type { TrainOptionsInput } from './train-options.ts'
import { identityOf } from './training-identity.ts'
import { progressClock, type TrainProgress } from './training-progress.ts'

/** What a model is trained with. */
export interface TrainSetup {
  readonly options?: TrainOptionsInput
  /** Samples, their number known; with labels unless the loss needs none. */
  readonly source: DataSource
  readonly executor: StatefulExecutor
  /** Measures the model after an epoch, on data that it is not trained with. */
  readonly evaluate: Evaluator
  /** What joins the training: terms of the loss, tensors, changes between epochs. */
  readonly parts?: readonly TrainingPart[]
  /** Fixes the order of the samples and their augmentation. */
  readonly seed: number
  /** Where the state is kept after each epoch and within long ones, and read from if it is there. Default: nowhere. */
  readonly checkpoint?: CheckpointStore
  /** Ends the training between two steps; with a checkpoint store it goes on from there the next time. */
  readonly signal?: AbortSignal
  /** Told after each step. */
  readonly onProgress?: (progress: TrainProgress) => void
  /** Told of each epoch; those of an interrupted training, read from its checkpoint, come first. */
  readonly onEpoch?: (result: EpochResult) => void
  /** Told what is no failure: that the step is not as fast as it might be, and why. */
  readonly note?: (message: string) => void
}

/** The trained model, and how training went. */
export interface TrainResult {
  /** The model of the best epoch, BatchNormalization in inference form with its running statistics. */
  readonly graph: Graph
  readonly best: EpochResult
  /** Fewer than the options say when training ended early. */
  readonly epochs: readonly EpochResult[]
}

/**
 * Trains a model: one run of one graph is one step, in a thread of its own. The same model, data, options and seed give
 * the same weights on the same machine with the same number of threads, also after an interruption. Dropout is taken
 * out of the model.
 *
 * @throws RecipeError `RECIPE_TRAIN_OPTIONS`, `RECIPE_LOSS`, `RECIPE_NO_MATCH`; ModelError `MODEL_GRADIENT`,
 *   `MODEL_TRAIN` for a model that cannot be trained; DataError `DATA_LABELS`, `DATA_SIZE` for data that it cannot be
 *   trained with; RunError `RUN_DIVERGED` when the loss is no number any more, `RUN_METRIC` when the evaluation lacks
 *   the metric, `RUN_CHECKPOINT` when the checkpoint cannot be used, `RUN_WORKER` when the thread broke down; the
 *   signal's reason
 */
export async function train(model: Graph, setup: TrainSetup): Promise<TrainResult> {
  const { source, executor, evaluate, parts = [], seed, checkpoint: store, signal, note } = setup
  const training = prepareTraining(model, setup)
  const { options, graph, alone, joined, step, stepAt, stepsPerEpoch } = training
  const isMeasured = (epoch: number) => epoch % options.evaluateEvery === 0 || epoch === options.epochs
  const metric = bestMetric(options.best)
  const firstResult = Math.min(
    options.epochs,
    Math.max(1, ...parts.map(({ resultFrom }) => resultFrom?.(options.epochs) ?? 1)),
  )
  const neverFrozen = [...options.freeze, ...joined.frozen].filter(frozen => epochOf(frozen) > options.epochs)
  for (const [epoch, all] of Map.groupBy(neverFrozen, epochOf))
    note?.(
      `${some(all.map(patternOf))} ${all.length === 1 ? 'is' : 'are'} to be frozen from epoch ${epoch} on, which the training does not reach.`,
    )

  const identity = store ? await identityOf(training, setup) : ''
  const saved = store && (await readCheckpoint(store, identity, step))
  if (store) await removeOld(store, options.keep)
  const keeper = checkpointKeeper(store, identity, options, saved)
  const epochs = [...(saved?.epochs ?? [])]
  let sums: EpochSums = saved?.sums ?? noSteps
  let best: BestEpoch | undefined = saved?.best
  for (const result of epochs) setup.onEpoch?.(result)

  await using session = await openPhases(stepAt, epochs.length + 1, {
    executor,
    lowering: options.lowering,
    note,
    ...(saved && { state: saved.state }),
  })
  const clock = progressClock({ epochs: options.epochs, steps: stepsPerEpoch, batchSize: options.batchSize })
  const diverged = (found: Found) => divergence(epochs.length + 1, sums.steps, keeper.newest(), found)
  /** The step that was run last left the state as it was before. */
  const firstLost = async () => {
    const [epoch, skip] = [epochs.length, sums.steps - 1]
    const state = stateOf(await session.readState())
    for await (const batch of batchesOf(source, training, { parts, epoch, skip, seed, signal }))
      return await firstNotFinite(stepAt(epoch + 1), { executor, state, batch })
    return undefined
  }
  const measure = async (state: State) => {
    try {
      return await evaluate(alone(withState(graph, step, state)), signal ? { signal } : {})
    } catch (error) {
      // Weights that are still finite may be so large that what the model makes of them is not.
      throw error instanceof RunError && error.code === 'RUN_NOT_FINITE' ? diverged({ evaluation: error }) : error
    }
  }
  const finiteState = async (names?: readonly string[]): Promise<State> => {
    const state = stateOf(await session.readState(names))
    const first = firstInState(state)
    if (first === undefined) return state
    throw diverged({ first })
  }
  const keep = (state: () => Promise<State> = finiteState) => keeper.keep({ epochs, sums, best }, state)

  const runEpoch = async (): Promise<void> => {
    clock.beginEpoch(epochs.length + 1, sums.steps)
    for await (const batch of batchesOf(source, training, {
      parts,
      epoch: epochs.length,
      skip: sums.steps,
      seed,
      signal,
    })) {
      signal?.throwIfAborted()
      if (sums.steps === stepsPerEpoch) throw batchesError('more', stepsPerEpoch)
      const update = (epochs.length * stepsPerEpoch + sums.steps) / options.accumulate
      const learningRate = learningRateAt(Math.floor(update), stepsPerEpoch / options.accumulate, options)
      const isUpdate = (sums.steps + 1) % options.accumulate === 0
      const result = await session.run(batch, isUpdate ? learningRate : undefined)
      sums = addStep(sums, result)
      if (!Number.isFinite(result.loss)) {
        // What fails as this is looked for must not hide what is known.
        throw diverged({ first: await firstLost().catch(() => undefined) })
      }
      setup.onProgress?.(clock.after(sums, learningRate))
      if (sums.steps < stepsPerEpoch && keeper.isDue(sums)) await keep()
    }
    if (sums.steps < stepsPerEpoch) throw batchesError('fewer', stepsPerEpoch)
  }

  const endEpoch = async (): Promise<void> => {
    signal?.throwIfAborted()
    const epoch = epochs.length + 1
    const state = await finiteState(store ? undefined : namesOfModel(step))
    const metrics = isMeasured(epoch) ? await measure(state) : {}
    const result: EpochResult = { epoch, ...meansOf(sums, options.batchSize), metrics }
    if (isMeasured(epoch) && epoch >= firstResult) {
      if (isBetterEpoch(metric, result, best?.result))
        best = { result, tensors: new Map(namesOfModel(step).flatMap(name => entryOf(state, name))) }
    }
    epochs.push(result)
    sums = noSteps
    await keep(async () => state)
    setup.onEpoch?.(result)
  }

  const isOver = () => {
    const { length } = epochs
    const { patience = Number.POSITIVE_INFINITY } = options
    // An epoch that was not measured may have been a better one.
    return length >= options.epochs || (best && isMeasured(length) && length - best.result.epoch >= patience)
  }

  try {
    while (!isOver()) {
      if (sums.steps === 0) {
        const { enter, readState, writeState } = session
        const moment = { epoch: epochs.length + 1, epochs: options.epochs, readState, writeState }
        await enter(moment.epoch)
        for (const part of parts) await part.onEpoch?.(moment)
      }
      await runEpoch()
      await endEpoch()
    }
  } catch (error) {
    // Between two steps: what is kept is just what was done. At the beginning of an epoch the last one is kept already.
    if (signal?.aborted && error === signal.reason && sums.steps > 0) await keep()
    throw error
  }
  if (!best) throw new Error('A training has at least one evaluation.')
  const whole = withState(graph, step, best.tensors)
  let trained = alone(whole)
  // For the parts' own finish: also such as the outputs are not made of.
  const own = new Set([...joined.trainable.map(({ name }) => name), ...joined.state.keys()])
  const initializers = new Map(
    [...whole.initializers].filter(([name]) => own.has(name) || trained.initializers.has(name)),
  )
  trained = { ...trained, initializers }
  for (const { finish } of parts) trained = (await finish?.(trained)) ?? trained
  return { graph: alone(trained), best: best.result, epochs }
}

/** The first of them, and how many others there are. */
const some = ([first = '', ...others]: readonly string[]) =>
  others.length === 0 ? first : `${first} and ${others.length} ${others.length === 1 ? 'other' : 'others'}`

const entryOf = (state: State, name: string) => {
  const tensor = state.get(name)
  return tensor ? [[name, tensor] as const] : []
}

const batchesError = (than: 'more' | 'fewer', steps: number) =>
  new DataError({
    code: 'DATA_SIZE',
    message: `The training data gave ${than} than the ${steps} batches that its size makes for an epoch.`,
    hint: 'A data source of your own must give as many samples as it says, and heed `skip` and `limit`.',
  })

/** How it was seen that numbers went out of bounds. */
interface Found {
  /** Names the tensor that was lost first, where a step's loss or weights showed it. */
  readonly first?: string | undefined
  /** The error of measuring the model after the epoch, where that showed it. */
  readonly evaluation?: RunError
}

/** The error of numbers that went out of bounds; what was kept before is good. */
function divergence(epoch: number, step: number, kept: string | undefined, { first, evaluation }: Found): RunError {
  const advice =
    epoch === 1 && step === 1 && !evaluation
      ? 'No update was made yet: look for what is no finite number in the data and in the weights.'
      : 'Make the learning rate smaller, the warm-up longer, or set clipNorm; look for what is no finite number in the data.'
  return new RunError({
    code: 'RUN_DIVERGED',
    message: evaluation
      ? `What the model makes is no number any more (after epoch ${epoch}).`
      : `The loss is no number any more (epoch ${epoch}, step ${step})${first ? `; first to be none was ${first}` : ''}.`,
    hint: kept ? `${advice} The last good state is ${kept}.` : advice,
    ...(evaluation && { cause: evaluation }),
  })
}
