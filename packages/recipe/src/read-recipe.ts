import { type Preprocess, preprocessSchema } from '@pare/data'
import { z } from 'zod'
import { type Expected, invalid } from './describe-issues.ts'
import { type Recipe, type RecipeInput, recipeSchema } from './schema.ts'
import type { StrategyRegistry } from './strategies.ts'
import { keysAt } from './suggest.ts'
import { parseYaml, readYaml } from './yaml-file.ts'

function recipeExpected(registry: StrategyRegistry): Expected<ReturnType<typeof recipeSchema>> {
  const schema = recipeSchema(registry)
  return {
    name: 'recipe',
    schema,
    hint: '`pare recipe schema` prints the JSON schema, with which editors complete and check as you type.',
    // A path may lead through a strategy's options, which the recipe's own schema does not describe.
    keysIn: path => {
      const strategyAt = path.findIndex((key, index) => path[index - 2] === 'use' && registry.has(String(key)))
      const strategy = registry.get(String(path[strategyAt]))
      return strategy ? keysAt(strategy.options, path.slice(strategyAt + 1)) : keysAt(schema, path)
    },
  }
}

/**
 * What a recipe names as its plugins, of which its own schema is made: whatever else there is, right or wrong.
 * @throws RecipeError `RECIPE_SYNTAX`
 */
export const pluginsIn = (text: string, path: string): readonly string[] =>
  parseYaml(text, path, { name: 'recipe', schema: justPlugins, hint: '' }).plugins

/** The same of a recipe given as an object. */
export const pluginsOf = (recipe: RecipeInput): readonly string[] => justPlugins.parse(recipe).plugins

const justPlugins = z.looseObject({ plugins: z.array(z.string()).catch([]) }).catch({ plugins: [] })

/**
 * Parses the text of a recipe, YAML or JSON.
 * @param path names the file in errors
 * @throws RecipeError `RECIPE_SYNTAX`, `RECIPE_INVALID` (with file, line and column of every problem)
 */
export const parseRecipe = (text: string, path: string, registry: StrategyRegistry): Recipe =>
  parseYaml(text, path, recipeExpected(registry))

/** Checks a recipe given as an object. @throws RecipeError `RECIPE_INVALID` */
export function checkRecipe(recipe: RecipeInput, registry: StrategyRegistry): Recipe {
  const expected = recipeExpected(registry)
  const parsed = expected.schema.safeParse(recipe)
  if (parsed.success) return parsed.data
  throw invalid('This', expected, parsed.error.issues, () => '')
}

/** Reads a file of preprocessing: what stands under `data.preprocess` in a recipe. @throws RecipeError `RECIPE_FILE`, and as `parseRecipe` */
export const readPreprocess = (path: string): Promise<Preprocess> =>
  readYaml(path, {
    name: 'preprocessing',
    schema: preprocessSchema,
    hint: 'The keys are those of data.preprocess in a recipe; `pare recipe schema` describes them.',
  })
