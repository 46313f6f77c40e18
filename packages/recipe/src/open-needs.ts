import { feedsOf, type Graph, ModelError, needsOf } from '@pare/core-graph'
import { checkTrainingData } from '@pare/train'
import { epochEvaluator } from './evaluators.ts'
import type { Recipe } from './schema.ts'
import type { StrategyRegistry } from './strategies.ts'
import { type ContextSetup, strategyContext } from './strategy-context.ts'

/**
 * Opens all data that the recipe names or a stage needs, sees that its first sample fits the model, and asks for all
 * that its strategies and trainings need: what is missing is told before anything is computed.
 * @throws PareError of what is missing or wrong
 */
export async function openNeeds(
  recipe: Recipe,
  model: Graph,
  { registry, ...setup }: ContextSetup & { readonly registry: StrategyRegistry },
): Promise<void> {
  const { data, evaluators } = setup
  for (const role of ['train', 'validation', 'calibration'] as const) {
    const source = await data.open(role)
    for await (const batch of source?.batches({ batchSize: 1, limit: 1 }) ?? []) feedsOf(model, batch)
  }
  for (const { name, use, train } of recipe.stages) {
    for (const [id, options] of use.flatMap(Object.entries<unknown>)) {
      const strategy = registry.get(id)
      const needs = strategy ? needsOf(strategy, options) : []
      if (needs.includes('latency')) checkFixedSizes(id, model)
      await strategyContext(id, needs, setup)
    }
    if (!train) continue
    checkTrainingData(await data.require('train', `The stage ${name}`), train)
    epochEvaluator(
      evaluators(() => undefined),
      name,
      train,
      setup.teacher,
    )
  }
}

/** Latency is measured on tensors of zeros. */
function checkFixedSizes(id: string, { inputs }: Graph): void {
  for (const { name, type } of inputs) {
    if (type?.shape?.every((size, axis) => axis === 0 || typeof size === 'number')) continue
    throw new ModelError({
      code: 'MODEL_INPUT_SHAPE',
      message: `${id} measures latency, and the size of the input ${name} is not fixed.`,
      hint: 'Give the input a fixed shape, or another target.',
    })
  }
}
