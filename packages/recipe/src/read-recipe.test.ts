import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecipeError } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { recipeJsonSchema } from './json-schema.ts'
import { checkRecipe, parseRecipe, readPreprocess } from './read-recipe.ts'
import { strategyRegistry } from './strategies.ts'

const registry = strategyRegistry()

const valid = `
model: model.onnx
data:
  validation: { kind: image-folder, path: images }
stages:
  - name: int8
    use:
      - quant.static: { observer: percentile }
`

function problemOf(text: string): RecipeError {
  try {
    parseRecipe(text, 'r.yaml', registry)
  } catch (error) {
    if (error instanceof RecipeError) return error
    throw error
  }
  throw new Error('the recipe was taken')
}

test('a short recipe gets every default', () => {
  const recipe = parseRecipe(valid, 'r.yaml', registry)
  expect(recipe.seed).toBe(0)
  expect(recipe.data.preprocess.range).toEqual([0, 1])
  expect(recipe.stages[0]?.use[0]).toMatchObject({ 'quant.static': { observer: 'percentile', samples: 512 } })
})

test('a strategy can be named alone', () => {
  const recipe = parseRecipe(
    valid.replace('quant.static: { observer: percentile }', 'quant.static'),
    'r.yaml',
    registry,
  )
  expect(recipe.stages[0]?.use[0]).toMatchObject({ 'quant.static': { observer: 'min-max' } })
})

test('a recipe with every default is a recipe again, and the same one', () => {
  const recipe = parseRecipe(valid, 'r.yaml', registry)
  expect(checkRecipe(recipe, registry)).toEqual(recipe)
})

test('JSON is read as well', () => {
  const recipe = { model: 'm.onnx', data: {}, stages: [{ name: 'int8', use: ['quant.static'] }] }
  expect(parseRecipe(JSON.stringify(recipe), 'r.json', registry)).toEqual(checkRecipe(recipe, registry))
})

test('an unknown key is found at its line and column, with the nearest valid one', () => {
  expect(problemOf(valid.replace('stages:', 'stagse:')).message).toContain(
    'r.yaml:5:1: unknown key stagse (did you mean stages?)',
  )
})

test('an unknown key among the options of a strategy as well', () => {
  const problem = problemOf(valid.replace('observer:', 'observre:'))
  expect(problem.message).toContain(
    'r.yaml:8:25: unknown key stages.0.use.0.quant.static.observre (did you mean observer?)',
  )
})

test('of options that depend on their kind, the kinds are told, and a key of another kind is not proposed', () => {
  const train = (optimizer: string) => problemOf(`${valid}    train: { optimizer: ${optimizer} }\n`).message
  expect(train('{ kind: adam }')).toContain('optimizer.kind: expected one of sgd, adamw')
  expect(train('{ kind: adamw, momentum: 0.9 }')).toContain('unknown key stages.0.train.optimizer.momentum')
  expect(train('{ kind: adamw, momentum: 0.9 }')).not.toContain('did you mean')
})

test('an unknown key of a data declaration names the keys of its kind', () => {
  expect(problemOf(valid.replace('path: images', 'paht: images')).message).toContain('(did you mean path?)')
})

test('an unknown strategy comes with the nearest one', () => {
  expect(problemOf(valid.replace('quant.static', 'quant.statik')).message).toContain(
    'r.yaml:8:9: stages.0.use.0: there is no strategy quant.statik (did you mean quant.static?)',
  )
})

const wrong: [string, string, string, string][] = [
  ['a wrong type', 'model: model.onnx', 'model: model.onnx\nseed: many', '3:7: seed: expected number, received string'],
  [
    'a missing key, at what should hold it',
    ', path: images',
    '',
    '4:15: data.validation.path: missing: expected string',
  ],
  [
    'a kind that there is not',
    'image-folder',
    'images',
    '4:23: data.validation.kind: expected one of idx, image-folder',
  ],
  [
    'a model that is none',
    'model.onnx',
    '3',
    '2:8: model: a path to an ONNX file, { path, classes }, or { create: mobilenet-v1, … }',
  ],
  [
    'an entry that is no strategy',
    'quant.static: { observer: percentile }',
    '3',
    '8:9: stages.0.use.0: expected a strategy',
  ],
  ['an observer that there is not', 'percentile', 'minmax', 'quant.static.observer: expected one of kl-divergence'],
  [
    'alternatives that are all as far off',
    'percentile }',
    '{ percentil: {} } }',
    'observer: expected one of kl-divergence',
  ],
  [
    'one alternative that is nearest',
    'data:',
    'data:\n  preprocess: { resize: { width: 8 } }',
    'resize.height: missing',
  ],
  [
    'no alternative',
    'data:',
    'data:\n  preprocess: { resize: 8 }',
    'data.preprocess.resize: expected { shortSide: 256 }',
  ],
  [
    'random changes of tensors',
    'data:',
    'data:\n  augment: { horizontalFlip: true }\n  train: { kind: tensors, path: x.npz }',
    'data.augment: tensors are not changed at random',
  ],
  ['arrays that are nowhere', 'data:', 'data:\n  train: { kind: tensors }', 'data.train: say where the arrays are'],
]
test.each(wrong)('%s: what was expected is said, and where', (_, part, by, says) => {
  expect(problemOf(valid.replace(part, by)).message).toContain(says)
})

test('two strategies in one entry are an error', () => {
  const text = valid.replace('- quant.static: { observer: percentile }', '- { quant.static: {}, quant.other: {} }')
  expect(problemOf(text).message).toContain('an entry names one strategy')
})

test('a stage that does nothing, or two of the same name, are errors', () => {
  expect(problemOf('model: m\ndata: {}\nstages: [{ name: a }]').message).toContain('a stage needs `use:` or `train:`')
  const twice = 'model: m\ndata: {}\nstages: [{ name: a, use: [quant.static] }, { name: a, use: [quant.static] }]'
  expect(problemOf(twice).message).toContain('two stages have the same name')
})

test.each([
  ['lists in lists', '['.repeat(10_000), /^r\.yaml: lists and mappings are nested too deep to be read/],
  [
    '101 lists in lists',
    `${'['.repeat(102)}${']'.repeat(102)}`,
    /:1:102: Lists and mappings are nested more than 100 deep/,
  ],
  // Conversion would stringify each of the keys in the one around it, for minutes.
  ['mappings as keys', '? '.repeat(500), /:1:1: A key must be a word or a number/],
])('%s are an error, found at once', (_, text, message) => {
  expect(problemOf(text).code).toBe('RECIPE_SYNTAX')
  expect(problemOf(text).message).toMatch(message)
})

test('what is not YAML is told with its place', () => {
  const problem = problemOf('model: [m\nstages: 1')
  expect(problem.code).toBe('RECIPE_SYNTAX')
  expect(problem.message).toMatch(/^r\.yaml:\d+:\d+: /)
})

test('a missing file and a folder are errors of their own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pare-recipe-'))
  await expect(readPreprocess(join(folder, 'none.yaml'))).rejects.toThrow('There is no file')
  await expect(readPreprocess(folder)).rejects.toThrow('is a folder, not a preprocessing')
  await writeFile(join(folder, 'p.yaml'), 'colour: grey')
  expect(await readPreprocess(join(folder, 'p.yaml'))).toMatchObject({ colour: 'grey' })
})

test('a recipe cannot reach the prototype of objects', () => {
  expect(() => parseRecipe(`${valid}__proto__: { polluted: true }\n`, 'r.yaml', registry)).toThrow(RecipeError)
  expect('polluted' in {}).toBe(false)
})

test('the JSON schema completes strategies and their options', () => {
  const text = JSON.stringify(recipeJsonSchema(registry))
  expect(text).toContain('"quant.static"')
  expect(text).toContain('"percentile"')
  expect(text).toContain('"accuracyDrop"')
})
