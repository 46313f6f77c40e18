import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RecipeError, type Strategy } from '@pare/core-graph'

/** Code of somebody else's that a recipe named. */
export interface LoadedPlugin {
  /** As the recipe says it. */
  readonly plugin: string
  /** Of its package; undefined for a module without one. */
  readonly version: string | undefined
  /** The module that was loaded. */
  readonly file: string
  readonly strategies: readonly Strategy[]
}

/**
 * Loads the plugins of a recipe: ES modules that export strategies, by name or as a list `strategies`.
 * @param plugins names of packages, found from the recipe's folder upwards as Node finds them; or paths
 * @param baseDirectory where paths start
 * @param allowed whether the user has allowed it: a plugin is code, and may do whatever the user may
 * @throws RecipeError `RECIPE_PLUGIN`
 */
export async function loadPlugins(
  plugins: readonly string[],
  baseDirectory: string,
  allowed: boolean,
): Promise<readonly LoadedPlugin[]> {
  if (plugins.length > 0 && !allowed)
    throw new RecipeError({
      code: 'RECIPE_PLUGIN',
      message: `The recipe names plugins, which are code that is run here: ${plugins.join(', ')}.`,
      hint: 'If you trust them, allow it by --allow-plugins (from code: allowPlugins: true).',
    })
  return Promise.all(plugins.map(plugin => loadPlugin(plugin, baseDirectory)))
}

async function loadPlugin(plugin: string, baseDirectory: string): Promise<LoadedPlugin> {
  const file = await moduleOf(plugin, baseDirectory)
  const exported: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href).catch(cause => {
    throw broken(plugin, `${file} cannot be loaded: ${cause instanceof Error ? cause.message : cause}`, cause)
  })
  const { strategies: listed, ...named } = exported
  const strategies = [...(Array.isArray(listed) ? listed : []), ...Object.values(named)].filter(isStrategy)
  if (strategies.length === 0) throw broken(plugin, `${file} exports no strategy`)
  return { plugin, version: (await manifestAbove(dirname(file)))?.version, file, strategies: [...new Set(strategies)] }
}

/** The rest of an export's form is the strategy's own to keep. */
const isStrategy = (value: unknown): value is Strategy =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'options' in value &&
  typeof value.options === 'object' &&
  'prepare' in value &&
  typeof value.prepare === 'function'

const broken = (plugin: string, problem: string, cause?: unknown) =>
  new RecipeError({
    code: 'RECIPE_PLUGIN',
    message: `The plugin ${plugin} cannot be used: ${problem}.`,
    hint: 'A plugin is an ES module that exports strategies (defineStrategy of @pare/core-graph): a package that is installed beside the recipe, or a path.',
    cause,
  })

/** The file of a path, or of a package's main entry. */
async function moduleOf(plugin: string, baseDirectory: string): Promise<string> {
  const isPath = isAbsolute(plugin) || /^\.\.?([/\\]|$)/.test(plugin)
  const found = isPath ? resolve(baseDirectory, plugin) : packageFolder(plugin, baseDirectory)
  if (found === undefined || !existsSync(found))
    throw broken(plugin, isPath ? `there is no ${found}` : `no package of that name is installed for ${baseDirectory}`)
  return statSync(found).isDirectory() ? join(found, entryOf(await readManifest(found))) : found
}

/** Where a package is installed, for modules in a folder. */
function packageFolder(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (basename(from) !== 'node_modules' && existsSync(join(folder, 'package.json'))) return folder
  return dirname(from) === from ? undefined : packageFolder(name, dirname(from))
}

interface Manifest {
  readonly version?: string
  readonly main?: string
  readonly exports?: unknown
}

const readManifest = async (folder: string): Promise<Manifest> => {
  const path = join(folder, 'package.json')
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Manifest) : {}
}

async function manifestAbove(folder: string): Promise<Manifest | undefined> {
  const manifest = await readManifest(folder)
  if (manifest.version !== undefined || dirname(folder) === folder) return manifest
  return basename(folder) === 'node_modules' ? undefined : manifestAbove(dirname(folder))
}

/** The file that `import` of the package loads (Node: "Package entry points"). */
function entryOf({ exports, main = 'index.js' }: Manifest): string {
  const isMap = typeof exports === 'object' && exports !== null
  const root = isMap && '.' in exports ? exports['.'] : exports
  return targetOf(root) ?? main
}

function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (Array.isArray(target)) return target.map(targetOf).find(found => found !== undefined)
  if (typeof target !== 'object' || target === null) return undefined
  return Object.entries(target)
    .filter(([condition]) => ['node', 'import', 'module-sync', 'default'].includes(condition))
    .map(([, inner]) => targetOf(inner))
    .find(found => found !== undefined)
}
