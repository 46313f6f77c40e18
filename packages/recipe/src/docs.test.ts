import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseRecipe } from './read-recipe.ts'
import { strategyRegistry } from './strategies.ts'
import { asking } from './testing/small-runs.ts'

const page = new URL('../../../docs/recipes.md', import.meta.url)

/** The recipes of the page. */
const recipes = [...readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)

test('the page has recipes', () => {
  expect(recipes.length).toBeGreaterThan(7)
})

test.each(recipes.map(text => [text.match(/name: (\S+)/)?.[1], text]))('the recipe of %s is one', (_, text) => {
  const plugin = { ...asking([], async () => undefined), id: 'example.half-weights' }
  const registry = strategyRegistry([{ ...plugin, options: plugin.options.loose() }])
  expect(parseRecipe(text, 'docs/recipes.md', registry).stages.length).toBeGreaterThan(0)
})
