import { z } from 'zod'
import { recipeSchema } from './schema.ts'
import type { StrategyRegistry } from './strategies.ts'
import { useEntryJsonSchema } from './use-entry.ts'

/** The JSON Schema of a recipe (draft 2020-12), by which editors complete and check. */
export function recipeJsonSchema(registry: StrategyRegistry): Record<string, unknown> {
  const schema = z.toJSONSchema(recipeSchema(registry), { io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >
  return {
    title: 'Pare recipe',
    ...schema,
    $defs: { ...(schema.$defs as object), StrategyUse: useEntryJsonSchema(registry) },
  }
}
