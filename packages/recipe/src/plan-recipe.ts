import { simplify, targets } from '@pare/core-graph'
import { planTraining, type TrainingPlan, type TrainOptions } from '@pare/train'
import { runEvaluators } from './evaluators.ts'
import type { RunSetup } from './run-recipe.ts'
import { prepareStage } from './run-stage.ts'
import type { StepContext } from './steps.ts'

/** What the training of a stage would do. */
export interface StagePlan extends TrainingPlan {
  readonly stage: string
  /** With every default filled in. */
  readonly options: TrainOptions
}

/** What a recipe is planned with. */
export interface PlanRecipeSetup
  extends Omit<RunSetup, 'origin' | 'folder' | 'emit'>,
    Pick<StepContext, 'progress' | 'note'> {}

/**
 * Says what each training of a recipe would do, and measures some of its steps. Strategies are applied; the trainings
 * before are not run, so that those after them begin with the weights that the model has now.
 */
export async function planRecipe(setup: PlanRecipeSetup): Promise<readonly StagePlan[]> {
  const { recipe, model, executor, data, registry, evaluate, progress, note, signal } = setup
  const { seed } = recipe
  const { graph: float } = simplify(model)
  const validation = await data.open('validation')
  const evaluators = runEvaluators({ recipe, executor, validation, own: evaluate, float }, progress)
  const target = recipe.target && targets[recipe.target]
  const plans: StagePlan[] = []
  let graph = model
  for (const stage of recipe.stages.slice(0, recipe.stages.findLastIndex(({ train }) => train) + 1)) {
    signal.throwIfAborted()
    const context = { progress, note, executor, data, evaluators, registry, target, seed, signal }
    const { parts, ...prepared } = await prepareStage(graph, stage, context)
    graph = prepared.graph
    const { name, train: options } = stage
    if (!options) continue
    const source = await data.require('train', `The stage ${name}`)
    const { rss: memoryUsage } = process.memoryUsage
    const plan = await planTraining(graph, { options, source, executor, parts, seed, signal, note, memoryUsage })
    plans.push({ stage: name, options, ...plan })
  }
  return plans
}
