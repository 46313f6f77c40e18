// A strategy of somebody else's: a package outside the workspace, written against the packed packages, built and used.

import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readModel } from '@pare/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { execute, type Installed, installPackages, newFolder, root } from './testing/installed-packages.ts'

let installed: Installed

beforeAll(async () => {
  installed = await installPackages()
  const source = join(installed.folder, 'plugin')
  await cp(join(root, 'e2e', 'fixtures', 'plugin'), source, { recursive: true })
  const compiler = join(root, 'tools', 'consumer', 'node_modules', 'typescript', 'bin', 'tsc')
  await execute(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: source })
  const target = await newFolder(installed.folder, 'node_modules', 'pare-plugin-half-weights')
  for (const part of ['package.json', 'dist']) await cp(join(source, part), join(target, part), { recursive: true })
  await writeFile(
    join(installed.folder, 'plugin.yaml'),
    'model: model.onnx\nplugins: [pare-plugin-half-weights]\ndata: {}\nstages:\n  - name: half\n    use:\n      - example.half-weights: { smallest: 100 }\n',
  )
}, 240_000)

afterAll(() => installed[Symbol.asyncDispose]())

const pare = (...args: string[]) =>
  execute(process.execPath, [join('node_modules', '@pare', 'cli', 'bin', 'pare.js'), ...args], {
    cwd: installed.folder,
  })

test('a run with permission uses it, and its record says so', { timeout: 60_000 }, async () => {
  const { stdout } = await pare('run', 'plugin.yaml', '--allow-plugins', '--json')
  const result = JSON.parse(stdout)
  expect(result.plugins).toEqual([
    { plugin: 'pare-plugin-half-weights', version: '0.3.1', strategies: ['example.half-weights'] },
  ])
  expect(result.after.bytes).toBeLessThan(0.65 * result.before.bytes)
  expect((await readModel(result.model)).initializers.get('classifier/weight/half')?.dataType).toBe('float16')
  const record = JSON.parse(await readFile(join(result.folder, 'run.json'), 'utf8'))
  expect(record.plugins).toEqual({ 'pare-plugin-half-weights': '0.3.1' })
  expect(Object.keys(record.files)).toContain(join('node_modules', 'pare-plugin-half-weights', 'dist', 'index.js'))
})

test('its options are checked like those of Pare, and nothing is loaded without permission', {
  timeout: 60_000,
}, async () => {
  const recipe = await readFile(join(installed.folder, 'plugin.yaml'), 'utf8')
  await writeFile(join(installed.folder, 'wrong.yaml'), recipe.replace('smallest', 'smalest'))
  await expect(pare('recipe', 'check', 'wrong.yaml', '--allow-plugins')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'wrong.yaml:7:33: unknown key stages.0.use.0.example.half-weights.smalest (did you mean smallest?)',
    ),
  })
  await expect(pare('run', 'plugin.yaml')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('RECIPE_PLUGIN'),
  })
})
