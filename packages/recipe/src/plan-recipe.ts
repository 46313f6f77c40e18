import { type ProgressListener, simplify, targets } from '@pare/core-graph'
import { planTraining, type TrainingPlan, type TrainOptions } from '@pare/train'
import { runEvaluators } from './evaluators.ts'
import type { RunSetup } from './run-recipe.ts'
import { prepareStage } from './run-stage.ts'
import type { StepContext } from './steps.ts'
import { withoutWriting } from './text-files.ts'

/** What the training of a stage would do, in its first round. */
export interface StagePlan extends TrainingPlan {
  readonly stage: string
  readonly rounds: number
  /** With every default filled in. */
  readonly options: TrainOptions
}

/** What a recipe is planned with. */
export interface PlanRecipeSetup
  extends Omit<RunSetup, 'origin' | 'folder' | 'plugins' | 'emit'>,
    Pick<StepContext, 'progress' | 'note'> {}

/**
 * Says what each training of a recipe would do, and measures some of its steps. Strategies are applied, those of
 * rounds once, and what they write is forgotten; the trainings before are not run, so that those after them begin with the weights that the model has now.
 */
export async function planRecipe(setup: PlanRecipeSetup): Promise<readonly StagePlan[]> {
  const { recipe, model, executor, data, registry, teacher, evaluate, progress, note, signal } = setup
  const { seed } = recipe
  const { graph: float } = simplify(model)
  const validation = await data.open('validation')
  const evaluators = (listener: ProgressListener) =>
    runEvaluators({ recipe, executor, validation, own: evaluate, float }, listener)
  const files = withoutWriting(setup.files)
  const target = recipe.target && targets[recipe.target]
  const plans: StagePlan[] = []
  let graph = model
  for (const stage of recipe.stages.slice(0, recipe.stages.findLastIndex(({ train }) => train) + 1)) {
    signal.throwIfAborted()
    const { name, rounds, train: options } = stage
    const context = {
      progress,
      note,
      executor,
      data,
      evaluators,
      registry,
      teacher,
      round: rounds > 1 ? { number: 1, rounds, before: graph } : undefined,
      files,
      artifacts: undefined,
      tensors: undefined,
      target,
      seed,
      signal,
    }
    const { parts, ...prepared } = await prepareStage(graph, stage, context)
    graph = prepared.graph
    if (!options) continue
    const source = await data.require('train', `The stage ${name}`)
    const { rss: memoryUsage } = process.memoryUsage
    const plan = await planTraining(graph, { options, source, executor, parts, seed, signal, note, memoryUsage })
    plans.push({ stage: name, rounds, options, ...plan })
  }
  return plans
}
