import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkBoundaries } from './check-boundaries.ts'
import { createWorkspace, packageFiles } from './testing/workspace.ts'

const core = packageFiles('core', { layer: 'core', runtime: 'any' })
const port = packageFiles('port', { layer: 'port', runtime: 'node', dependencies: ['core'] })

/** What the check says of `@pare/quant`, a portable strategy package that depends on core, with one source file. */
function problemsOf(source: string, { file = 'a.ts', dependencies = ['core'], devDependencies = ['port'] } = {}) {
  const quant = packageFiles(
    'quant',
    { layer: 'strategy', runtime: 'any', dependencies, devDependencies },
    { [file]: source },
  )
  using workspace = createWorkspace({ ...core, ...port, ...quant })
  return checkBoundaries(workspace.root)
}

describe('arrows between packages', () => {
  it('go down the layers', () => {
    expect(problemsOf(`import type { Graph } from '@pare/core'\nimport { z } from 'zod'\nimport './b.ts'`)).toEqual([])
  })

  it('do not go up', () => {
    using workspace = createWorkspace({
      ...packageFiles(
        'core',
        { layer: 'core', runtime: 'any', dependencies: ['port'] },
        { 'a.ts': `\n\nexport { x } from '@pare/port'` },
      ),
      ...port,
    })
    expect(checkBoundaries(workspace.root)).toEqual([
      'packages/core/package.json: @pare/core (layer core) may not depend on @pare/port (layer port)',
      "packages/core/src/a.ts:3: '@pare/port' @pare/core (layer core) may not depend on @pare/port (layer port)",
    ])
  })

  it('do not go sideways, but in tests', () => {
    const pair = (use: 'dependencies' | 'devDependencies') =>
      createWorkspace({
        ...packageFiles('a', { layer: 'strategy', runtime: 'any' }),
        ...packageFiles('b', { layer: 'strategy', runtime: 'any', [use]: ['a'] }),
      })
    using code = pair('dependencies')
    using test = pair('devDependencies')
    expect(checkBoundaries(code.root)).toEqual([
      'packages/b/package.json: @pare/b (layer strategy) may not depend on @pare/a (layer strategy)',
    ])
    expect(checkBoundaries(test.root)).toEqual([])
  })

  it('do not go from a portable package to one that needs Node, but in tests', () => {
    const source = `import { x } from '@pare/port'`
    expect(problemsOf(source)).toEqual([
      "packages/quant/src/a.ts:1: '@pare/port' @pare/quant runs anywhere, @pare/port only in Node",
    ])
    expect(problemsOf(source, { file: 'a.test.ts' })).toEqual([])
    expect(problemsOf(source, { file: 'testing/a.ts' })).toEqual([])
  })

  it('are declared in the manifest', () => {
    expect(problemsOf(`const core = await import('@pare/core')`, { dependencies: [] })).toEqual([
      "packages/quant/src/a.ts:1: '@pare/core' is not among the dependencies of @pare/quant",
    ])
  })

  it.each([
    ['the inner file of another package', `export * from '@pare/core/src/graph.ts'`],
    ['another package by its path', `type Graph = import('../../core/src/graph.ts').Graph`],
    ['a package that does not exist', `import '@pare/cor'`],
    ['Node', `import { readFileSync } from 'node:fs'`],
    ['Node by a bare name', `import { readFileSync } from 'fs'`],
  ])('do not reach %s', (_, source) => {
    expect(problemsOf(source)).toHaveLength(1)
  })

  it('need a layer and a runtime to be named', () => {
    using workspace = createWorkspace(packageFiles('x', { layer: 'attic', runtime: 'deno' }))
    expect(checkBoundaries(workspace.root)).toEqual([
      'packages/x/package.json: nx.tags needs one of layer:core, layer:port, layer:train, layer:strategy, layer:recipe, layer:report, layer:app',
      'packages/x/package.json: nx.tags needs runtime:any or runtime:node',
    ])
  })

  it('are kept by build settings that match the runtime', () => {
    const loose = { 'packages/core/tsconfig.json': '{\n  "extends": "../../tsconfig.node.json"\n}\n' }
    using workspace = createWorkspace({ ...core, ...loose })
    expect(checkBoundaries(workspace.root)).toEqual([
      'packages/core/tsconfig.json: must extend ../../tsconfig.any.json, as the tag runtime:any says',
    ])
  })
})

describe('the type checker', () => {
  /** What tsc says of a package with one source file; empty when it compiles. */
  function compile(runtime: 'any' | 'node', source: string): string {
    using workspace = createWorkspace(packageFiles('a', { layer: 'core', runtime }, { 'index.ts': source }))
    const tsc = join(import.meta.dirname, '..', 'node_modules', '.bin', 'tsc')
    return spawnSync(tsc, ['-p', 'packages/a/tsconfig.json', '--noEmit'], { cwd: workspace.root, encoding: 'utf8' })
      .stdout
  }

  it.each([
    ['a module of Node', `import { cwd } from 'node:process'\nexport const folder = cwd()`, "'node:process'"],
    ['a global of Node', `export const bytes = Buffer.from('text')`, "'Buffer'"],
    ['the DOM', `export const title = document.title`, "'document'"],
  ])('refuses %s in a portable package', (_, source, name) => {
    expect(compile('any', source)).toContain(name)
  })

  it('accepts Node in a package that runs there, and what all runtimes share everywhere', () => {
    expect(compile('node', `import { cwd } from 'node:process'\nexport const folder = Buffer.from(cwd())`)).toBe('')
    expect(compile('any', `export const bytes = new TextEncoder().encode('text')`)).toBe('')
  })
})
