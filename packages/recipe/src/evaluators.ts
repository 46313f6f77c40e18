import {
  type DataSource,
  type Evaluator,
  type Executor,
  type Graph,
  type ProgressListener,
  RecipeError,
  renameValues,
} from '@pare/core-graph'
import { createEvaluator, createFidelityEvaluator, type FidelityOptions } from '@pare/evaluate'
import type { TrainOptions } from '@pare/train'
import type { Recipe } from './schema.ts'
import { missingData } from './sources.ts'

/** Who measures models in a run. */
export interface RunEvaluators {
  /** Metrics on labelled validation data, or the caller's own evaluation; undefined where there is neither. */
  readonly metrics: Evaluator | undefined
  /**
   * How faithful models are to the float model, or to another reference; undefined without validation data, and for an
   * evaluation of the caller's.
   */
  readonly fidelity: ((reference?: Graph) => Evaluator) | undefined
}

/** What models are measured with. */
export interface EvaluatorSetup {
  readonly recipe: Recipe
  readonly executor: Executor
  readonly validation: DataSource | undefined
  /** The caller's own evaluation, in place of Pare's. */
  readonly own: Evaluator | undefined
  readonly float: Graph
}

/** @param progress is told how far a measurement has come */
export function runEvaluators(setup: EvaluatorSetup, progress: ProgressListener): RunEvaluators {
  const { recipe, executor, validation, own, float } = setup
  if (own || !validation) return { metrics: own, fidelity: undefined }
  const { fidelitySamples: _, ...evaluation } = recipe.evaluate
  const options = { ...fidelityOptions(recipe), executor, source: validation, progress }
  return {
    metrics: validation.labelled
      ? createEvaluator({ executor, source: validation, ...evaluation, progress })
      : undefined,
    fidelity: (reference = float) => createFidelityEvaluator(withOutputNameOf(float, reference), options),
  }
}

/** The only output of a reference stands for that of the models that are compared with it. */
function withOutputNameOf({ outputs: [own, more] }: Graph, reference: Graph): Graph {
  const [other, another] = reference.outputs
  if (!own || !other || more || another || own.name === other.name) return reference
  const names = new Map([[other.name, own.name] as const, [own.name, other.name] as const])
  return renameValues(reference, names)
}

/** What a recipe says of comparing two models. */
export const fidelityOptions = ({
  evaluate: { fidelitySamples, batchSize, output, scores },
}: Recipe): Pick<FidelityOptions, 'limit' | 'batchSize' | 'output' | 'scores'> => ({
  limit: fidelitySamples,
  batchSize,
  ...(output !== undefined && { output }),
  ...(scores !== undefined && { scores }),
})

/**
 * What measures the model after an epoch: the metrics, and where the best epoch is chosen by that, how faithful it is to
 * the recipe's teacher, or without one to the float model.
 * @throws RecipeError `RECIPE_DATA` when the figure cannot be had
 */
export function epochEvaluator(
  { metrics, fidelity }: RunEvaluators,
  stage: string,
  { best: { metric } }: TrainOptions,
  teacher: Graph | undefined,
): Evaluator {
  const likeness = isFidelity(metric) ? fidelity?.(teacher) : undefined
  if (likeness)
    return async (graph, options) => ({ ...(await metrics?.(graph, options)), ...(await likeness(graph, options)) })
  if (metrics) return metrics
  const wanted = `Choosing the best epoch of the stage ${stage} by ${metric}`
  if (!fidelity) throw missingData(isFidelity(metric) ? 'data.validation' : 'data.validation with labels', wanted)
  throw new RecipeError({
    code: 'RECIPE_DATA',
    message: `${wanted} needs labels, and data.validation has none.`,
    hint: 'Give labels, or choose by how faithful the model is to the teacher, or without one to the model that the run began with: best: { metric: agreement }.',
  })
}

/** Figures of `createFidelityEvaluator`. */
const isFidelity = (metric: string) => ['agreement', 'divergence', 'cosine'].includes(metric)
