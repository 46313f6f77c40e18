import {
  type Evaluator,
  type Graph,
  type Metrics,
  RecipeError,
  type StatefulExecutor,
  type StrategyContext,
  type Target,
  type TrainingPart,
} from '@pare/core-graph'
import { type CheckpointStore, type TrainOptions, type TrainResult, train } from '@pare/train'
import type { Stage } from './schema.ts'
import { type DataSources, missingData } from './sources.ts'
import type { StepContext } from './steps.ts'
import type { StrategyRegistry } from './strategies.ts'

/** What surrounds a stage while it runs. */
export interface StageContext extends StepContext {
  readonly executor: StatefulExecutor
  readonly data: DataSources
  /** Undefined without validation data. */
  readonly evaluate: Evaluator | undefined
  readonly registry: StrategyRegistry
  readonly target: Target | undefined
  readonly seed: number
  readonly signal: AbortSignal
  /** Where a training keeps its state. */
  readonly checkpoint: CheckpointStore
}

/** What one part of a stage has to say of what it did: a strategy by its id, or the training as `train`. */
export interface PartDetails {
  readonly part: string
  /** With every default filled in. */
  readonly options: unknown
  readonly details: unknown
}

/** Applies a stage's strategies in their order, then trains, where the stage says so. */
export async function runStage(
  graph: Graph,
  stage: Stage,
  context: StageContext,
): Promise<{ details: readonly PartDetails[]; graph: Graph }> {
  const details: PartDetails[] = []
  const parts: TrainingPart[] = []
  let current = graph
  for (const [id, options] of stage.use.flatMap(Object.entries<unknown>)) {
    const strategy = context.registry.get(id)
    if (!strategy) throw new RecipeError({ code: 'RECIPE_STRATEGY', message: `There is no strategy ${id}.` })
    const result = await strategy.prepare(current, options, await strategyContext(id, strategy.needs, context))
    current = result.graph
    if (result.training) {
      if (!stage.train) throw trainingMissing(stage.name, id)
      parts.push(result.training)
    }
    details.push({ part: id, options, details: result.details ?? null })
  }
  if (stage.train) {
    const trained = await trainStage(current, stage.name, { options: stage.train, parts }, context)
    current = trained.graph
    const { best, epochs } = trained
    details.push({ part: 'train', options: stage.train, details: { best, epochs } })
  }
  return { details, graph: current }
}

async function trainStage(
  graph: Graph,
  name: string,
  { options, parts }: { readonly options: TrainOptions; readonly parts: readonly TrainingPart[] },
  context: StageContext,
): Promise<TrainResult> {
  const { executor, evaluate, data, seed, progress, note, signal } = context
  const source = await data.require('train', `The stage ${name}`)
  return train(graph, {
    options,
    parts,
    source,
    executor,
    evaluate: required(evaluate, `Choosing the best epoch of the stage ${name}`),
    seed,
    checkpoint: context.checkpoint,
    signal,
    note,
    onProgress: ({ epoch, epochs, step, steps, loss, accuracy, learningRate }) =>
      progress({
        done: (epoch - 1) * steps + step,
        total: epochs * steps,
        unit: 'steps',
        values: { epoch, loss, ...(accuracy !== undefined && { accuracy }), learningRate },
      }),
    onEpoch: ({ epoch, loss, metrics }) => note(`epoch ${epoch}: ${figures({ loss, ...prefixed(metrics) })}`),
  })
}

const trainingMissing = (stage: string, id: string) =>
  new RecipeError({
    code: 'RECIPE_TRAIN',
    message: `${id} joins a training, but the stage ${stage} has none.`,
    hint: 'Add `train:` to the stage.',
  })

function required(evaluate: Evaluator | undefined, wantedBy: string): Evaluator {
  if (evaluate) return evaluate
  throw missingData('data.validation with labels', wantedBy)
}

const prefixed = (metrics: Metrics) =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`validation ${name}`, value]))

const figures = (values: Metrics) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ')

async function strategyContext(id: string, needs: readonly string[], context: StageContext): Promise<StrategyContext> {
  const { executor, target, seed, progress, note, signal, data, evaluate } = context
  const calibration = needs.includes('calibration') ? await data.calibration(id) : undefined
  if (calibration?.instead)
    note(`${id} takes its samples from data.${calibration.instead}, since the recipe has no data.calibration.`)
  return {
    executor,
    seed,
    progress,
    note,
    signal,
    ...(target ? { target } : {}),
    ...(calibration ? { calibration: calibration.source } : {}),
    ...(needs.includes('evaluate') ? { evaluate: required(evaluate, id) } : {}),
  }
}
