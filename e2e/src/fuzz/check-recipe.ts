import { isDeepStrictEqual } from 'node:util'
import { strategyRegistry } from '@pare/recipe'
// Below the public face, which reads recipes from files and opens what they name.
import { checkRecipe, parseRecipe } from '../../../packages/recipe/src/read-recipe.ts'
import { attempt, must, Violation } from './attempt.ts'

const registry = strategyRegistry()

/** A recipe that is read, with its defaults filled in, is a valid recipe that means the same. */
export async function checkRecipeText(bytes: Uint8Array): Promise<string> {
  const text = Buffer.from(bytes).toString('utf8')
  const recipe = await attempt('parseRecipe', () => parseRecipe(text, 'recipe.yaml', registry))
  if (!recipe) return 'refused'
  const again = await must('checkRecipe of what was read', () => checkRecipe(recipe, registry))
  if (!isDeepStrictEqual(recipe, again)) throw new Violation('the recipe with its defaults means something else')
  return 'read'
}
