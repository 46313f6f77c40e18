import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Compressor } from './compressor.ts'
import { folderWithModel } from './testing/small-runs.ts'

const folder = folderWithModel()

/** A strategy without a schema of its own, as somebody may write it by hand; it names the graph. */
const strategy = (id: string) => `{
  id: '${id}', description: 'Names the graph', needs: [],
  options: { safeParse: data => ({ success: true, data }) },
  prepare: async (graph, options) => ({ graph: { ...graph, name: options.name } }),
}`

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder(), path, '..'), { recursive: true })
    await writeFile(join(folder(), path), text)
  }
}

const recipe = (plugin: string, id: string) =>
  `model: model.onnx\ndata: {}\nplugins: [${JSON.stringify(plugin)}]\nstages: [{ name: own, use: [{ ${id}: { name: mine } }] }]\n`

test.each([
  [
    'a package',
    'pare-plugin-own',
    'node_modules/pare-plugin-own',
    '{ ".": { "types": "./x.d.ts", "import": "./lib/index.js" } }',
  ],
  ['a package of a scope', '@me/own', 'node_modules/@me/own', '"./lib/index.js"'],
  ['a folder', './own', 'own', '{ "default": "./lib/index.js" }'],
  ['a file', './own/lib/index.js', 'own', 'null'],
])('%s brings strategies, and is in the record of the run with its version', async (_, plugin, path, exports) => {
  await write({
    [`${path}/package.json`]: `{ "name": "own", "version": "1.2.3", "type": "module", "exports": ${exports} }`,
    [`${path}/lib/index.js`]: `export const own = ${strategy('own.named')}\nexport const strategies = [own, ${strategy('own.other')}]\n`,
    'recipe.yaml': recipe(plugin, 'own.named'),
  })
  const compressor = await Compressor.open(join(folder(), 'recipe.yaml'), { allowPlugins: true })
  const { plugins, folder: run } = await compressor.run({ output: join(folder(), 'run') })
  expect(plugins).toEqual([{ plugin, version: '1.2.3', strategies: ['own.named', 'own.other'] }])
  expect(JSON.parse(await readFile(join(run, 'run.json'), 'utf8'))).toMatchObject({ plugins: { [plugin]: '1.2.3' } })
  await write({ [`${path}/package.json`]: `{ "version": "1.2.4", "exports": ${exports} }` })
  const updated = await Compressor.open(join(folder(), 'recipe.yaml'), { allowPlugins: true })
  await expect(updated.run({ output: run, resume: true })).rejects.toMatchObject({
    code: 'RUN_CHANGED',
    message: expect.stringContaining(`the version of ${plugin}`),
  })
})

test('without permission nothing of a plugin is loaded', async () => {
  await write({ 'plugin.js': 'globalThis.wasLoaded = true\n', 'recipe.yaml': recipe('./plugin.js', 'own.named') })
  await expect(Compressor.open(join(folder(), 'recipe.yaml'))).rejects.toMatchObject({
    code: 'RECIPE_PLUGIN',
    message: 'The recipe names plugins, which are code that is run here: ./plugin.js.',
  })
  expect('wasLoaded' in globalThis).toBe(false)
})

test.each([
  ['none', 'pare-plugin-none', '', 'no package of that name is installed'],
  ['no file', './none.js', '', 'there is no '],
  ['one that fails', './plugin.js', 'throw new Error("at its start")', 'cannot be loaded: at its start'],
  ['one without strategies', './plugin.js', 'export const one = 1', 'exports no strategy'],
  [
    'one with an id of Pare',
    './plugin.js',
    `export const own = ${strategy('quant.static')}`,
    'two strategies with the id quant.static',
  ],
])('%s is an error', async (_, plugin, text, message) => {
  await write({ 'plugin.js': text, 'recipe.yaml': recipe(plugin, 'own.named') })
  await expect(Compressor.open(join(folder(), 'recipe.yaml'), { allowPlugins: true })).rejects.toThrow(message)
})

test('what is wrong with the list of plugins is told with the rest of the recipe', async () => {
  await write({
    'recipe.yaml': recipe('./plugin.js', 'quant.static').replace('plugins: ["./plugin.js"]', 'plugins: 3'),
  })
  await expect(Compressor.open(join(folder(), 'recipe.yaml'))).rejects.toThrow(
    'recipe.yaml:3:10: plugins: expected array',
  )
})
