import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Graph, RunError } from '@pare/core-graph'
import { parquetPaths } from '@pare/data'
import { externalFilesOf, readModel } from '@pare/runtime'
import { z } from 'zod'
import { modelPath } from './load-model.ts'
import type { LoadedPlugin } from './plugins.ts'
import type { Recipe } from './schema.ts'
import type { DataRole, GivenData } from './sources.ts'
import { teacherPath } from './teacher.ts'

/** What the models of a run are a function of, as `run.json` keeps it. */
export const fingerprintSchema = z.object({
  /** Every default filled in. */
  recipe: z.unknown(),
  /** Digests of the files of the model and the data, by their paths from where the recipe's paths start. */
  files: z.record(z.string(), z.string()),
  /** Versions of plugins, by what the recipe names them; their modules count by their content, too. */
  plugins: z.record(z.string(), z.string()).default({}),
})
export type RunFingerprint = z.output<typeof fingerprintSchema>

/**
 * Takes the fingerprint of a run. Files are read piece by piece, whatever their size. A folder of data, which may hold
 * millions of images, counts by the names, sizes and times of its files, a list of images by its own content.
 */
export async function fingerprintOf(
  recipe: Recipe,
  model: Graph,
  { baseDirectory, given = {}, plugins = [] }: FingerprintOptions,
): Promise<RunFingerprint> {
  const paths = new Set<string>(plugins.map(({ file }) => file))
  const addModel = (path: string, graph: Graph) => {
    paths.add(path)
    for (const location of externalFilesOf(graph)) paths.add(join(dirname(path), location))
  }
  const own = modelPath(recipe)
  if (own !== undefined) addModel(resolve(baseDirectory, own), model)
  const teacher = teacherPath(recipe)
  if (teacher !== undefined) {
    const path = resolve(baseDirectory, teacher)
    addModel(path, await readModel(path))
  }
  for (const role of ['train', 'validation', 'calibration'] as const satisfies DataRole[])
    if (!given[role])
      for (const text of textsIn(recipe.data[role]))
        for (const path of await filesNamed(resolve(baseDirectory, text))) paths.add(path)
  const files: Record<string, string> = {}
  for (const path of [...paths].sort()) {
    const digest = await digestOf(path)
    if (digest !== undefined) files[relative(baseDirectory, path)] = digest
  }
  const versions = plugins.map(({ plugin, version = 'none' }) => [plugin, version] as const)
  return { recipe: JSON.parse(JSON.stringify(recipe)), files, plugins: Object.fromEntries(versions) }
}

interface FingerprintOptions {
  readonly baseDirectory: string
  /** Data that the caller hands in: it is the caller's to keep. */
  readonly given?: GivenData | undefined
  readonly plugins?: readonly LoadedPlugin[]
}

/** Every text of a declaration may be a path, so that no kind of data is forgotten; two keys never hold one. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : isObject(value)
      ? Object.entries(value).flatMap(([key, inner]) => (key === 'kind' || key === 'split' ? [] : textsIn(inner)))
      : []

/** A path, or the files that fit a pattern. */
const filesNamed = async (path: string): Promise<readonly string[]> =>
  basename(path).includes('*') ? parquetPaths(path).catch(() => []) : [path]

/** Of a file's content, or of a folder's list of files; undefined where there is neither. */
async function digestOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  const hash = createHash('sha256')
  if (found?.isFile()) for await (const piece of createReadStream(path)) hash.update(piece)
  else if (found?.isDirectory()) for (const line of await listing(path)) hash.update(line)
  else return undefined
  return hash.digest('hex')
}

async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      const found = statSync(path, { throwIfNoEntry: false })
      return `${JSON.stringify(relative(folder, path))} ${found?.size} ${found?.mtimeMs}\n`
    })
    .sort()
}

/** @throws RunError `RUN_CHANGED`, which says what changed */
export function checkUnchanged(folder: string, before: RunFingerprint, now: RunFingerprint): void {
  const names = new Set([...Object.keys(before.files), ...Object.keys(now.files)])
  const changed = [
    ...changedKeys(before.recipe, now.recipe).map(key => `${key} of the recipe`),
    ...[...names].filter(name => before.files[name] !== now.files[name]).sort(),
    ...changedKeys(before.plugins, now.plugins).map(name => `the version of ${name}`),
  ]
  if (changed.length === 0) return
  throw new RunError({
    code: 'RUN_CHANGED',
    message: `Since the run in ${folder} was started, these have changed: ${changed.join(', ')}.`,
    hint: 'Start a new run without --resume, or bring back what was changed.',
  })
}

/** Where two JSON values differ, such as `stages.0.train.epochs`. */
function changedKeys(before: unknown, now: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, now)) return []
  if (!isObject(before) || !isObject(now)) return [path || 'all']
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap(key =>
    changedKeys(before[key], now[key], path ? `${path}.${key}` : key),
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
