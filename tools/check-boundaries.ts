// The arrows between packages, and who may use Node. Checks the manifests and every import.
//   node tools/check-boundaries.ts

import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'vite'

/**
 * The layers, lowest first: the one place where the arrows are written down. A package depends on packages of lower
 * layers only, never on its neighbours; its tests may use neighbours too. The layer stands in the package's `nx.tags`.
 */
const layers = ['core', 'port', 'train', 'strategy', 'recipe', 'report', 'app']

/** `any`: Node, browsers and workers, so neither Node nor packages that need it. */
const runtimes = ['any', 'node']

interface Package {
  readonly name: string
  readonly folder: string
  readonly layer: string
  readonly runtime: string
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly nx?: { readonly tags?: readonly string[] }
}

const scope = '@pare/'
const isOurs = (name: string) => name.startsWith(scope)
const isTest = (file: string) => file.endsWith('.test.ts') || file.includes('/testing/')

function readPackage(root: string, manifestFile: string): Package {
  const manifest = JSON.parse(readFileSync(join(root, manifestFile), 'utf8')) as Manifest
  const tag = (kind: string) =>
    manifest.nx?.tags?.find(candidate => candidate.startsWith(`${kind}:`))?.slice(kind.length + 1) ?? 'missing'
  return {
    name: manifest.name,
    folder: dirname(manifestFile),
    layer: tag('layer'),
    runtime: tag('runtime'),
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
  }
}

/** Why one package may not depend on another, or undefined when it may. */
function forbidden(from: Package, to: Package, use: 'code' | 'test'): string | undefined {
  const distance = layers.indexOf(from.layer) - layers.indexOf(to.layer)
  if (distance < 0 || (distance === 0 && use === 'code'))
    return `${from.name} (layer ${from.layer}) may not depend on ${to.name} (layer ${to.layer})`
  if (use === 'code' && from.runtime === 'any' && to.runtime !== 'any')
    return `${from.name} runs anywhere, ${to.name} only in Node`
  return undefined
}

function checkManifest(own: Package, packages: ReadonlyMap<string, Package>): string[] {
  const file = join(own.folder, 'package.json')
  const problems: string[] = []
  if (!layers.includes(own.layer))
    problems.push(`${file}: nx.tags needs one of ${layers.map(l => `layer:${l}`).join(', ')}`)
  if (!runtimes.includes(own.runtime)) problems.push(`${file}: nx.tags needs runtime:any or runtime:node`)
  if (problems.length > 0) return problems
  for (const [names, use] of [
    [own.dependencies, 'code'],
    [own.devDependencies, 'test'],
  ] as const)
    for (const name of names.filter(isOurs)) {
      const other = packages.get(name)
      const reason = other ? forbidden(own, other, use) : `there is no package ${name}`
      if (reason) problems.push(`${file}: ${reason}`)
    }
  return problems
}

/** The build configuration is what keeps Node out of a package's types. */
function checkConfiguration(root: string, own: Package): string[] {
  const file = join(own.folder, 'tsconfig.json')
  const expected = `../../tsconfig.${own.runtime}.json`
  return readFileSync(join(root, file), 'utf8').includes(`"extends": "${expected}"`)
    ? []
    : [`${file}: must extend ${expected}, as the tag runtime:${own.runtime} says`]
}

interface Import {
  readonly specifier: string
  readonly line: number
}

/** Every module that a source names: imports, re-exports, dynamic imports and `import('…')` types. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { source } = value as { source?: { type?: string; value?: unknown; start?: number } | null }
    if (source?.type === 'Literal' && typeof source.value === 'string')
      found.push({ specifier: source.value, line: text.slice(0, source.start).split('\n').length })
    for (const child of Object.values(value)) visit(child)
  }
  visit(parseSync(basename(file), text).program)
  return found
}

/** Why a file may not import a module, or undefined when it may. */
function misplaced(
  own: Package,
  file: string,
  specifier: string,
  packages: ReadonlyMap<string, Package>,
): string | undefined {
  if (specifier.startsWith('.')) {
    const inside = !relative(own.folder, resolve('/', dirname(file), specifier).slice(1)).startsWith('..')
    return inside ? undefined : `leaves the package: import another package by its name`
  }
  if (isBuiltin(specifier))
    return own.runtime === 'any' && !isTest(file) ? `${own.name} runs anywhere, so it may not use Node` : undefined
  if (!isOurs(specifier)) return undefined
  const other = packages.get(specifier)
  if (!other) return `is no package: only a package's own index is its public face`
  const declared = isTest(file) ? [...own.dependencies, ...own.devDependencies] : own.dependencies
  const reason = forbidden(own, other, isTest(file) ? 'test' : 'code')
  if (reason) return reason
  return declared.includes(specifier) ? undefined : `is not among the dependencies of ${own.name}`
}

function checkFile(root: string, own: Package, file: string, packages: ReadonlyMap<string, Package>): string[] {
  return importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap(({ specifier, line }) => {
    const reason = misplaced(own, file, specifier, packages)
    return reason ? [`${file}:${line}: '${specifier}' ${reason}`] : []
  })
}

/** Everything that crosses a boundary in a workspace, as `file:line: what`. */
export function checkBoundaries(root: string): string[] {
  const packages = new Map(
    globSync('packages/*/package.json', { cwd: root })
      .sort()
      .map(file => readPackage(root, file))
      .map(own => [own.name, own] as const),
  )
  return [...packages.values()].flatMap(own => [
    ...checkManifest(own, packages),
    ...checkConfiguration(root, own),
    ...globSync(`${own.folder}/src/**/*.ts`, { cwd: root })
      .sort()
      .flatMap(file => checkFile(root, own, file, packages)),
  ])
}

if (import.meta.main) {
  const problems = checkBoundaries(join(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
