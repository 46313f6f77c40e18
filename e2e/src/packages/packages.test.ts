// The packages as their users have them: packed, installed outside the repository, on the oldest Node and TypeScript
// that they are for. `nx test @pare/e2e` builds them first; by hand, run `npx nx run-many -t build` before.

import { existsSync, readFileSync } from 'node:fs'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { inferTypes, loadModel, simplify } from '@pare/core-graph'
import { planQuantization } from '@pare/quant'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examplesIn, execute, type Installed, installPackages, newFolder, root } from './testing/installed-packages.ts'

let installed: Installed

beforeAll(async () => {
  installed = await installPackages()
}, 60_000)

afterAll(() => installed[Symbol.asyncDispose]())

const names = [
  'cli',
  'core-graph',
  'data',
  'distill',
  'evaluate',
  'models',
  'prune',
  'quant',
  'recipe',
  'report',
  'runtime',
  'train',
]

const packed = (name: string) => {
  const found = installed.packages.find(({ manifest }) => manifest.name === `@pare/${name}`)
  if (!found) throw new Error(`There is no package @pare/${name}.`)
  return found
}

test('every package is tested', () => {
  expect(installed.packages.map(({ manifest }) => manifest.name)).toEqual(names.map(name => `@pare/${name}`))
})

describe.for(names)('@pare/%s', name => {
  test('holds what its sources are built to, a licence and a README, and no tests', () => {
    const { files, source } = packed(name)
    const built = files.flatMap(file => (/^dist\/(.*)\.js$/.exec(file) ?? []).slice(1)).sort()
    const sources = files.flatMap(file => (/^src\/(.*)\.ts$/.exec(file) ?? []).slice(1)).sort()
    expect(built).toEqual(sources)
    expect(files).toContain('LICENSE')
    expect(files).toContain('README.md')
    expect(files.filter(file => !/^(bin|dist|src)\//.test(file)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
    expect(files.filter(file => /\.test\.|\/testing\/|tsbuildinfo/.test(file))).toEqual([])
    expect(readFileSync(join(source, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
  })

  test('has types that are found and right in every way that an ES module is imported', async () => {
    const { tarball, manifest } = packed(name)
    // A package that is only a command has nothing to import.
    if (!('.' in manifest.exports)) return expect(Object.keys(manifest.bin ?? {})).not.toEqual([])
    const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)))
    // As the profile "esm-only" of @arethetypeswrong/cli: `require` and resolution as of Node 10 are not promised.
    const promised = ['node16-esm', 'bundler']
    const problems = 'problems' in analysis ? analysis.problems : [{ kind: 'Untyped' }]
    expect(
      problems.filter(
        problem => !('resolutionKind' in problem) || promised.some(kind => kind === problem.resolutionKind),
      ),
    ).toEqual([])
  })
})

/** In an order in which the report finds the run that the recipe's example leaves. */
const withExamples = names.filter(name => name !== 'cli')

const oldestNode = join(root, 'tools', 'consumer', 'node_modules', 'node', 'bin', 'node')
const runtimes = [
  { name: 'the Node of the project', node: process.execPath },
  { name: 'Node 22 (on other machines than Linux x64 it is not installed, and this is skipped)', node: oldestNode },
]

describe.for(runtimes)('on $name', { timeout: 60_000 }, ({ node }) => {
  const isInstalled = existsSync(node)

  beforeAll(() => rm(join(installed.folder, 'runs'), { recursive: true, force: true }))

  const inFolder = (command: string, args: readonly string[]) =>
    execute(command, args, {
      cwd: installed.folder,
      env: {
        PATH: [join(installed.folder, 'node_modules', '.bin'), dirname(node), '/usr/bin', '/bin'].join(':'),
        HOME: installed.folder,
      },
    })

  test.skipIf(!isInstalled)('the version is one that the packages are for', async () => {
    const { stdout } = await inFolder(node, ['--version'])
    expect(stdout).toMatch(node === oldestNode ? /^v22\./ : /^v\d+\./)
  })

  test.for(withExamples)('the example of @pare/%s runs as it is written', { skip: !isInstalled }, async name => {
    const [example = '', ...others] = await examplesIn(packed(name).source, 'js')
    expect(others).toEqual([])
    await writeFile(join(installed.folder, `example-${name}.js`), example)
    const { stdout, stderr } = await inFolder(node, [`example-${name}.js`])
    expect(stderr).toBe('')
    expect(stdout.length > 0 || name === 'models').toBe(true)
  })

  test.skipIf(!isInstalled)('the commands of @pare/cli run as they are written', async () => {
    const { source } = packed('cli')
    const [recipe = ''] = await examplesIn(source, 'yaml')
    await writeFile(join(installed.folder, 'recipe.yaml'), recipe)
    const commands = (await examplesIn(source, 'sh'))
      .join('')
      .split('\n')
      .filter(line => line.startsWith('pare '))
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands) await inFolder('sh', ['-c', command])
    const result = await readFile(join(installed.folder, 'runs', 'recipe', '1', 'result.json'), 'utf8')
    expect(JSON.parse(result)).toMatchObject({ verdict: { accepted: true } })
  })

  test.skipIf(!isInstalled)('half floats are numbers, whether JavaScript has a Float16Array or not', async () => {
    const { stdout } = await inFolder(node, ['half-floats.js'])
    expect(JSON.parse(stdout)).toEqual({ type: 'Float32Array', values: [1, -2.5, 65504] })
  })

  test.skipIf(!isInstalled)('without its optional peers @pare/runtime says what is missing', async () => {
    const { stdout } = await inFolder(node, ['without-peers.js'])
    expect(JSON.parse(stdout)).toEqual({
      error: {
        name: 'RunError',
        code: 'RUN_ENGINE_MISSING',
        hint: 'Install it beside Pare: npm install onnxruntime-web',
      },
      engines: ['onnxruntime-node'],
      notes: expect.arrayContaining([expect.stringContaining('onnxruntime-web is not installed')]),
    })
  })
})

describe('in TypeScript 5.9, strict', () => {
  test.for(['nodenext', 'bundler'])('with moduleResolution %s', { timeout: 60_000 }, async resolution => {
    const readme = await newFolder(installed.folder, 'readme')
    for (const name of withExamples)
      for (const example of await examplesIn(packed(name).source, 'js'))
        await writeFile(join(readme, `${name}.ts`), example)
    const compiler = join(root, 'tools', 'consumer', 'node_modules', 'typescript', 'bin', 'tsc')
    const found = await execute(process.execPath, [compiler, '-p', `tsconfig.${resolution}.json`], {
      cwd: installed.folder,
    }).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    )
    expect(found).toBe('')
  })
})

describe('in a page that Vite bundles', { timeout: 60_000 }, () => {
  const browser = [process.env.PARE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    path => path && existsSync(path),
  )

  test.skipIf(!browser)(
    `a model is loaded, its shapes inferred, its quantization planned ${browser ? `(${browser})` : '(there is no Chromium: skipped)'}`,
    async () => {
      const page = await newFolder(installed.folder, 'page')
      for (const file of ['index.html', 'page.ts']) await copyFile(join(installed.folder, file), join(page, file))
      await copyFile(join(installed.folder, 'model.onnx'), join(await newFolder(page, 'public'), 'model.onnx'))
      await build({ root: page, configFile: false, logLevel: 'error' })
      const server = await preview({ root: page, configFile: false, logLevel: 'error', preview: { port: 0 } })
      const chromiumProcess = await chromium.launch({
        ...(browser ? { executablePath: browser } : {}),
        chromiumSandbox: process.getuid?.() !== 0,
      })
      try {
        const opened = await chromiumProcess.newPage()
        const problems: string[] = []
        opened.on('pageerror', error => problems.push(error.message))
        opened.on('console', message => problems.push(message.text()))
        await opened.goto(server.resolvedUrls?.local[0] ?? '')
        const found = await opened.evaluate('result')
        const { graph } = simplify(loadModel(await readFile(join(installed.folder, 'model.onnx'))))
        const plan = planQuantization(graph)
        expect(found).toEqual({
          shape: inferTypes(graph).values.get('logits')?.shape,
          quantized: plan.quantized.length,
          kept: plan.kept.length,
          refusal: 'MODEL_NOT_ONNX',
        })
        expect(problems).toEqual([])
      } finally {
        await chromiumProcess.close()
        await server.close()
      }
    },
  )
})
