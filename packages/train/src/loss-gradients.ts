import {
  createBuilder,
  DataError,
  type DataSource,
  type Executor,
  type Graph,
  shuffledOrder,
  type TensorMap,
  withOutputs,
} from '@pare/core-graph'
import { gradients } from './autodiff.ts'
import { labelsMissing } from './check-training-data.ts'
import { expressions } from './expression.ts'
import { withBatchSize } from './model-state.ts'
import { addObjective } from './objective.ts'
import { parsed } from './prepare-training.ts'
import { stepFeeds } from './run-step.ts'
import type { TrainOptionsInput } from './train-options.ts'
import { sourcesOf } from './trained-parameters.ts'

/** Of what a loss is differentiated, and by what. */
export interface LossGradientsSetup {
  /** Names of initializers and of values of the model, as it is after its operators are in their newest form. */
  readonly by: readonly string[]
  readonly source: DataSource
  readonly executor: Executor
  /** What the loss is; what is said of a training beside it makes no difference. */
  readonly options?: Pick<TrainOptionsInput, 'loss' | 'labelSmoothing'>
  /** Samples that run at a time. Default 64. */
  readonly batchSize?: number
  /** Samples to look at, the first of a shuffle by the seed. Default: all. */
  readonly samples?: number
  readonly seed: number
  readonly signal?: AbortSignal
}

/** Of one batch. */
export interface LossGradients {
  readonly loss: number
  /** Gradients by name; of what the loss does not depend on there are none. */
  readonly gradients: TensorMap
}

/**
 * The gradients of a training's loss, full batch by full batch, without any training: the model is as it is evaluated,
 * BatchNormalization with its running statistics. The importance of weights is judged by them.
 * @throws DataError `DATA_LABELS` where the loss needs some, `DATA_SIZE` without a full batch; ModelError
 *   `MODEL_GRADIENT`, `MODEL_TRAIN`; RecipeError `RECIPE_TRAIN_OPTIONS`, `RECIPE_LOSS`; the signal's reason
 */
export async function* lossGradients(model: Graph, setup: LossGradientsSetup): AsyncGenerator<LossGradients> {
  const { by, source, executor, batchSize = 64, samples, seed, signal } = setup
  const { loss: terms, labelSmoothing } = parsed(setup.options)
  const named = terms.flatMap(term => Object.values(term).filter(value => typeof value === 'string'))
  const batched = withBatchSize(model, batchSize, [...by, ...named])
  const b = createBuilder(batched)
  const { loss, targets } = addObjective(expressions(b), batched, terms)
  const forward = b.build()
  if (targets && !source.labelled) throw labelsMissing()

  const reached = sourcesOf(forward, loss.name)
  const wanted = by.filter(name => reached.has(name))
  const { graph, gradients: names } = gradients(forward, loss.name, wanted)
  await using session = await executor.open(withOutputs(graph, [loss.name, ...names.values()]))
  const step = { model: batched, feeds: { targets: targets && { ...targets, labelSmoothing }, learningRate: '' } }
  const limit = samples === undefined ? {} : { limit: samples }
  let batches = 0
  for await (const batch of source.batches({
    batchSize,
    dropLast: true,
    ...limit,
    ...shuffledOrder(source, seed),
    ...(signal && { signal }),
  })) {
    signal?.throwIfAborted()
    const fetched = await session.run(stepFeeds(step, batch))
    batches++
    yield {
      loss: Number(fetched[loss.name]?.data[0]),
      gradients: Object.fromEntries(
        [...names].flatMap(([name, gradient]) => {
          const tensor = fetched[gradient]
          return tensor ? [[name, tensor]] : []
        }),
      ),
    }
  }
  if (batches === 0)
    throw new DataError({
      code: 'DATA_SIZE',
      message: `There is no full batch of ${batchSize} samples to take gradients of.`,
      hint: 'Give more samples, or make batchSize smaller.',
    })
}
