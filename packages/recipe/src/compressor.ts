import { basename, dirname, extname, join, resolve } from 'node:path'
import {
  type Evaluator,
  PareError,
  type ProgressListener,
  RunError,
  type StatefulExecutor,
  type Strategy,
  targets,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { stringify } from 'yaml'
import { runEvaluators } from './evaluators.ts'
import type { RunEventBody, RunListener } from './events.ts'
import { fingerprintOf } from './fingerprint.ts'
import { loadModel } from './load-model.ts'
import { openNeeds } from './open-needs.ts'
import { planRecipe, type StagePlan } from './plan-recipe.ts'
import { type LoadedPlugin, loadPlugins } from './plugins.ts'
import { checkRecipe, parseRecipe, pluginsIn, pluginsOf } from './read-recipe.ts'
import type { RunOrigin, RunResult } from './result.ts'
import { defaultRunFolder, openRunFolder } from './run-folder.ts'
import { runRecipe } from './run-recipe.ts'
import type { Recipe, RecipeInput } from './schema.ts'
import { dataSources, type GivenData } from './sources.ts'
import { type StrategyRegistry, strategyRegistry } from './strategies.ts'
import { loadTeacher } from './teacher.ts'
import { textFilesIn } from './text-files.ts'
import { readText } from './yaml-file.ts'

/** What a caller hands in beside the recipe. */
export interface CompressorOptions {
  /** Where relative paths of a recipe given as an object start. Default: the current folder; for a file, its own. */
  readonly baseDirectory?: string
  /** Names the run where a recipe is given as an object. Default `recipe`. */
  readonly name?: string
  /** Strategies beside Pare's own. */
  readonly strategies?: readonly Strategy[]
  /** Whether the plugins that the recipe names may be loaded: code, which may do whatever its user may. Default false. */
  readonly allowPlugins?: boolean
  /** Data in place of what the recipe declares: any DataSource, one's own `AsyncIterable` too. */
  readonly data?: GivenData
  /** Measures models in place of top-1, top-5 and loss on the validation data. */
  readonly evaluate?: Evaluator
  /** Runs the models in place of onnxruntime-node. */
  readonly executor?: StatefulExecutor
}

/** Where a recipe is run, and who is told of it. */
export interface RunOptions {
  /** The run's folder. Default `runs/<name>/<number>` below the current folder. */
  readonly output?: string
  /** Go on with the run in the folder (by default the newest) after its last finished step. */
  readonly resume?: boolean
  readonly listener?: RunListener
  readonly signal?: AbortSignal
}

/** Who is told while a recipe is planned. */
export interface PlanOptions {
  /** Told what is no failure: that a step is not as fast as it might be, and why. */
  readonly note?: (message: string) => void
  readonly progress?: ProgressListener
  readonly signal?: AbortSignal
}

/**
 * Runs a recipe:
 *
 *     const compressor = await Compressor.open('recipe.yaml')
 *     const result = await compressor.run()
 */
export class Compressor {
  readonly recipe: Recipe
  readonly #registry: StrategyRegistry
  readonly #plugins: readonly LoadedPlugin[]
  readonly #options: CompressorOptions
  readonly #origin: RunOrigin

  private constructor(
    recipe: Recipe,
    { registry, plugins }: { readonly registry: StrategyRegistry; readonly plugins: readonly LoadedPlugin[] },
    options: CompressorOptions,
    origin: RunOrigin,
  ) {
    this.recipe = recipe
    this.#registry = registry
    this.#plugins = plugins
    this.#options = options
    this.#origin = origin
  }

  /**
   * Reads and checks a recipe.
   * @param recipe path of a YAML or JSON file, or the recipe itself
   * @throws RecipeError `RECIPE_FILE`, `RECIPE_SYNTAX`, `RECIPE_INVALID`, `RECIPE_PLUGIN`
   */
  static async open(recipe: string | RecipeInput, options: CompressorOptions = {}): Promise<Compressor> {
    const { strategies = [], allowPlugins = false } = options
    const withPlugins = async (named: readonly string[], baseDirectory: string) => {
      const plugins = await loadPlugins(named, baseDirectory, allowPlugins)
      return { plugins, registry: strategyRegistry([...plugins.flatMap(plugin => plugin.strategies), ...strategies]) }
    }
    if (typeof recipe !== 'string') {
      const baseDirectory = resolve(options.baseDirectory ?? '.')
      const known = await withPlugins(pluginsOf(recipe), baseDirectory)
      const origin = { name: options.name ?? 'recipe', file: undefined, baseDirectory }
      return new Compressor(checkRecipe(recipe, known.registry), known, options, origin)
    }
    const file = resolve(recipe)
    const text = await readText(recipe, 'recipe')
    const known = await withPlugins(pluginsIn(text, recipe), dirname(file))
    const name = options.name ?? basename(recipe, extname(recipe))
    const origin = { name, file, baseDirectory: dirname(file) }
    return new Compressor(parseRecipe(text, recipe, known.registry), known, options, origin)
  }

  /**
   * Reads what the recipe names, and runs nothing: the model, and the first sample of all data, which must fit it.
   * @throws PareError of what is missing or wrong
   */
  async check(): Promise<void> {
    await using _loaded = await this.#load()
  }

  /**
   * Says what the trainings of the recipe would do: what they train, what not and why, what memory they take, and how
   * long, from some steps that are run and forgotten. It writes nothing.
   * @throws PareError of what is missing or wrong; the signal's reason
   */
  async plan({ note, progress, signal }: PlanOptions = {}): Promise<readonly StagePlan[]> {
    await using loaded = await this.#load(signal)
    return await planRecipe({
      ...loaded,
      note: note ?? (() => undefined),
      progress: progress ?? (() => undefined),
    })
  }

  /**
   * Runs the recipe in a folder of its own.
   * @throws PareError of what went wrong; `RUN_CANCELLED` after the signal. The folder can then be resumed.
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    const { resume = false } = options
    // Before there is a folder: what is missing is told at once, and leaves nothing behind.
    await using loaded = await this.#load(options.signal)
    const fingerprint = await fingerprintOf(this.recipe, loaded.model, {
      baseDirectory: this.#origin.baseDirectory,
      given: this.#options.data,
      plugins: this.#plugins,
    })
    await using folder = await openRunFolder({
      path: resolve(options.output ?? (await defaultRunFolder(join('runs', this.#origin.name), resume))),
      recipe: `# Every default is filled in; paths start at ${this.#origin.baseDirectory}\n${stringify(this.recipe)}`,
      fingerprint,
      resume,
    })
    const emit = (body: RunEventBody) => {
      const event = { time: new Date().toISOString(), ...body }
      try {
        if (event.type !== 'progress') folder.log(event)
      } finally {
        options.listener?.(event)
      }
    }
    try {
      return await runRecipe({ ...loaded, origin: this.#origin, folder, plugins: this.#plugins, emit })
    } catch (error) {
      const failure = options.signal?.aborted ? cancelled(folder.path, error) : error
      try {
        emit({
          type: 'run-failed',
          code: failure instanceof PareError ? failure.code : 'BUG',
          message: failure instanceof Error ? failure.message : String(failure),
        })
      } catch {
        // On a full disk the log cannot be written either: what made the run fail is what the user must be told.
      }
      throw failure
    }
  }

  /** The models, and the data, opened; all that is needed is asked for. */
  async #load(signal: AbortSignal = new AbortController().signal) {
    const { recipe } = this
    const { baseDirectory } = this.#origin
    const model = await loadModel(recipe, baseDirectory)
    const teacher = await loadTeacher(recipe, baseDirectory, model)
    const data = dataSources(recipe, baseDirectory, model.inputs, this.#options.data)
    const { evaluate } = this.#options
    const loaded = {
      recipe,
      model,
      teacher,
      data,
      executor: this.#options.executor ?? createExecutor(recipe.runtime),
      registry: this.#registry,
      evaluate,
      files: textFilesIn(baseDirectory),
      signal,
      [Symbol.asyncDispose]: () => data[Symbol.asyncDispose](),
    }
    try {
      const validation = await data.open('validation')
      await openNeeds(recipe, model, {
        ...loaded,
        evaluators: progress =>
          runEvaluators({ recipe, executor: loaded.executor, validation, own: evaluate, float: model }, progress),
        round: undefined,
        artifacts: undefined,
        tensors: undefined,
        target: recipe.target && targets[recipe.target],
        seed: recipe.seed,
        progress: () => undefined,
        note: () => undefined,
      })
      return loaded
    } catch (error) {
      await data[Symbol.asyncDispose]()
      throw error
    }
  }
}

const cancelled = (folder: string, cause: unknown) =>
  new RunError({
    code: 'RUN_CANCELLED',
    message: `The run in ${folder} was cancelled.`,
    hint: 'Go on with it by the same command and --resume (from code: resume: true), or start again.',
    cause,
  })
