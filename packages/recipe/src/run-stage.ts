import {
  type Evaluator,
  type Executor,
  type Graph,
  type ProgressListener,
  RecipeError,
  type StrategyContext,
} from '@pare/core-graph'
import { train } from '@pare/train'
import type { Stage } from './schema.ts'
import type { DataSources } from './sources.ts'
import type { StrategyRegistry } from './strategies.ts'

/** What surrounds a stage while it runs. */
export interface StageContext {
  readonly executor: Executor
  readonly data: DataSources
  readonly evaluate: Evaluator | undefined
  readonly registry: StrategyRegistry
  readonly seed: number
  readonly progress: ProgressListener
  readonly note: (message: string) => void
  readonly signal: AbortSignal
  /** A folder for the stage's own files, such as checkpoints. */
  readonly workFolder: () => Promise<string>
}

/** What a stage did, part by part: `quant.static` → its details, `train` → the training's. */
export type StageDetails = Record<string, unknown>

/** Applies a stage's strategies in their order, then trains, where the stage says so. */
export async function runStage(
  graph: Graph,
  stage: Stage,
  context: StageContext,
): Promise<{ details: StageDetails; graph: Graph }> {
  const details: StageDetails = {}
  let current = graph
  for (const { strategy: id, options } of stage.use) {
    const strategy = context.registry.get(id)
    if (!strategy) throw new RecipeError({ code: 'RECIPE_STRATEGY', message: `There is no strategy ${id}.` })
    const result = await strategy.prepare(current, options, await strategyContext(id, strategy.needs, context))
    current = result.graph
    details[id] = result.details ?? null
  }
  if (stage.train) {
    const trained = await train(current, stage.train, {
      executor: context.executor,
      source: await context.data.require('train', `The stage ${stage.name}`),
      evaluate: context.evaluate,
      seed: context.seed,
      folder: await context.workFolder(),
      progress: context.progress,
      note: context.note,
      signal: context.signal,
    })
    current = trained.graph
    details.train = trained.details
  }
  return { details, graph: current }
}

async function strategyContext(id: string, needs: readonly string[], context: StageContext): Promise<StrategyContext> {
  const { executor, seed, progress, note, signal, data, evaluate } = context
  const base = { executor, seed, progress, note, signal }
  const calibration = needs.includes('calibration') ? await data.calibration(id) : undefined
  if (calibration?.instead)
    note(`${id} takes its samples from data.${calibration.instead}, since the recipe has no data.calibration.`)
  if (needs.includes('evaluate') && !evaluate) await data.require('validation', id)
  return {
    ...base,
    ...(calibration ? { calibration: calibration.source } : {}),
    ...(needs.includes('evaluate') && evaluate ? { evaluate } : {}),
  }
}
