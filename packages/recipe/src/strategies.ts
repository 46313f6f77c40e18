import { RecipeError, type Strategy } from '@pare/core-graph'
import { attention, channelWise, fsp, l2, softLabel } from '@pare/distill'
import { global, magnitude, nM, sensitivity, uniform } from '@pare/prune'
import { qat, staticInt8 } from '@pare/quant'

/** Strategies by the id that a recipe says after `use:`. */
export type StrategyRegistry = ReadonlyMap<string, Strategy>

const builtIn: readonly Strategy[] = [
  attention,
  channelWise,
  fsp,
  l2,
  softLabel,
  global,
  magnitude,
  nM,
  sensitivity,
  uniform,
  qat,
  staticInt8,
]

/**
 * Pare's own strategies, and those handed to the Compressor.
 * @throws RecipeError `RECIPE_DUPLICATE_STRATEGY`
 */
export function strategyRegistry(additional: readonly Strategy[] = []): StrategyRegistry {
  const registry = new Map<string, Strategy>()
  for (const strategy of [...builtIn, ...additional]) {
    if (registry.has(strategy.id))
      throw new RecipeError({
        code: 'RECIPE_DUPLICATE_STRATEGY',
        message: `There are two strategies with the id ${strategy.id}.`,
        hint: 'Give your own strategy another id.',
      })
    registry.set(strategy.id, strategy)
  }
  return registry
}
