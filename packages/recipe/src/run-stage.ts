import { type Graph, needsOf, type Progress, RecipeError, type TrainingPart } from '@pare/core-graph'
import { type CheckpointStore, type TrainOptions, type TrainProgress, type TrainResult, train } from '@pare/train'
import { epochEvaluator } from './evaluators.ts'
import type { Stage } from './schema.ts'
import type { StepContext } from './steps.ts'
import type { StrategyRegistry } from './strategies.ts'
import { type ContextSetup, strategyContext } from './strategy-context.ts'

/** What surrounds the strategies of a stage. */
export interface PrepareContext extends ContextSetup {
  readonly registry: StrategyRegistry
}

/** What surrounds a stage while it runs. */
export interface StageContext extends PrepareContext, StepContext {
  /** Where a training keeps its state. */
  readonly checkpoint: CheckpointStore
}

/** What one part of a stage has to say of what it did: a strategy by its id, or the training as `train`. */
export interface PartDetails {
  readonly part: string
  /** With every default filled in. */
  readonly options: unknown
  readonly details: unknown
  /** Of a stage that goes in rounds, from 1. */
  readonly round?: number
}

/** One round of a stage: applies its strategies in their order, then trains, where the stage says so. */
export async function runStage(
  graph: Graph,
  stage: Stage,
  context: StageContext,
): Promise<{ details: readonly PartDetails[]; graph: Graph }> {
  const prepared = await prepareStage(graph, stage, context)
  const { name, train: options } = stage
  if (!options) return prepared
  const trained = await trainStage(prepared.graph, name, { options, parts: prepared.parts }, context)
  const { best, epochs } = trained
  const details = [...prepared.details, { part: 'train', options, details: { best, epochs } }]
  return { details, graph: trained.graph }
}

/** What the strategies of a stage made, and what they add to its training. */
export interface PreparedStage {
  readonly graph: Graph
  readonly details: readonly PartDetails[]
  readonly parts: readonly TrainingPart[]
}

/** Applies a stage's strategies in their order. */
export async function prepareStage(graph: Graph, stage: Stage, context: PrepareContext): Promise<PreparedStage> {
  const details: PartDetails[] = []
  const parts: TrainingPart[] = []
  let current = graph
  const setup = { ...context, augments: stage.train?.augment }
  for (const [id, options] of stage.use.flatMap(Object.entries<unknown>)) {
    const strategy = context.registry.get(id)
    if (!strategy) throw new RecipeError({ code: 'RECIPE_STRATEGY', message: `There is no strategy ${id}.` })
    const result = await strategy.prepare(
      current,
      options,
      await strategyContext(id, needsOf(strategy, options), setup),
    )
    current = result.graph
    if (result.training) {
      if (!stage.train) throw trainingMissing(stage.name, id)
      parts.push(result.training)
    }
    details.push({ part: id, options, details: result.details ?? null })
  }
  return { graph: current, details, parts }
}

async function trainStage(
  graph: Graph,
  name: string,
  { options, parts }: { readonly options: TrainOptions; readonly parts: readonly TrainingPart[] },
  context: StageContext,
): Promise<TrainResult> {
  const { executor, evaluators, data, seed, progress, epoch, note, signal } = context
  const source = await data.require('train', `The stage ${name}`)
  return train(graph, {
    options,
    parts,
    source,
    executor,
    evaluate: epochEvaluator(evaluators(progress), name, options, context.teacher),
    seed,
    checkpoint: context.checkpoint,
    signal,
    note,
    onProgress: trained => progress(progressOf(trained)),
    onEpoch: epoch,
  })
}

const progressOf = ({
  epoch,
  epochs,
  step,
  steps,
  samplesPerSecond,
  secondsLeft,
  ...trained
}: TrainProgress): Progress => ({
  done: (epoch - 1) * steps + step,
  total: epochs * steps,
  unit: 'steps',
  samplesPerSecond,
  secondsLeft,
  values: {
    epoch,
    loss: trained.loss,
    ...(Object.keys(trained.terms).length > 1 && trained.terms),
    ...(trained.accuracy !== undefined && { accuracy: trained.accuracy }),
    learningRate: trained.learningRate,
  },
})

const trainingMissing = (stage: string, id: string) =>
  new RecipeError({
    code: 'RECIPE_TRAIN',
    message: `${id} joins a training, but the stage ${stage} has none.`,
    hint: 'Add `train:` to the stage.',
  })
