import { readFileSync } from 'node:fs'
import { defineStrategy } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseRecipe } from './read-recipe.ts'
import { strategyRegistry } from './strategies.ts'

const page = new URL('../../../docs/recipes.md', import.meta.url)

/** The recipes of the page. */
const recipes = [...readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)

test('the page has recipes', () => {
  expect(recipes.length).toBeGreaterThan(7)
})

test.each(recipes.map(text => [text.match(/name: (\S+)/)?.[1], text]))('the recipe of %s is one', (_, text) => {
  const plugin = defineStrategy({
    id: 'example.half-weights',
    description: 'The strategy of the plugin of the page',
    options: z.strictObject({ smallest: z.int() }),
    needs: [],
    prepare: async graph => ({ graph }),
  })
  expect(parseRecipe(text, 'docs/recipes.md', strategyRegistry([plugin])).stages.length).toBeGreaterThan(0)
})
