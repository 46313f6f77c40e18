import { basename, dirname, extname, join, resolve } from 'node:path'
import {
  type Evaluator,
  feedsOf,
  type Graph,
  needsOf,
  PareError,
  type ProgressListener,
  RunError,
  type StatefulExecutor,
  type Strategy,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor, readModel } from '@pare/runtime'
import { stringify } from 'yaml'
import { epochEvaluator, runEvaluators } from './evaluators.ts'
import type { RunEventBody, RunListener } from './events.ts'
import { fingerprintOf } from './fingerprint.ts'
import { planRecipe, type StagePlan } from './plan-recipe.ts'
import { checkRecipe, readRecipe } from './read-recipe.ts'
import type { RunOrigin, RunResult } from './result.ts'
import { defaultRunFolder, openRunFolder } from './run-folder.ts'
import { runRecipe } from './run-recipe.ts'
import type { Recipe, RecipeInput } from './schema.ts'
import { type DataSources, dataSources, type GivenData, missingData } from './sources.ts'
import { type StrategyRegistry, strategyRegistry } from './strategies.ts'

/** What a caller hands in beside the recipe. */
export interface CompressorOptions {
  /** Where relative paths of a recipe given as an object start. Default: the current folder; for a file, its own. */
  readonly baseDirectory?: string
  /** Names the run where a recipe is given as an object. Default `recipe`. */
  readonly name?: string
  /** Strategies beside Pare's own. */
  readonly strategies?: readonly Strategy[]
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
  readonly #options: CompressorOptions
  readonly #origin: RunOrigin

  private constructor(recipe: Recipe, registry: StrategyRegistry, options: CompressorOptions, origin: RunOrigin) {
    this.recipe = recipe
    this.#registry = registry
    this.#options = options
    this.#origin = origin
  }

  /**
   * Reads and checks a recipe.
   * @param recipe path of a YAML or JSON file, or the recipe itself
   * @throws RecipeError `RECIPE_FILE`, `RECIPE_SYNTAX`, `RECIPE_INVALID`
   */
  static async open(recipe: string | RecipeInput, options: CompressorOptions = {}): Promise<Compressor> {
    const registry = strategyRegistry(options.strategies)
    if (typeof recipe !== 'string')
      return new Compressor(checkRecipe(recipe, registry), registry, options, {
        name: options.name ?? 'recipe',
        file: undefined,
        baseDirectory: resolve(options.baseDirectory ?? '.'),
      })
    const file = resolve(recipe)
    const name = options.name ?? basename(recipe, extname(recipe))
    const origin = { name, file, baseDirectory: dirname(file) }
    return new Compressor(await readRecipe(recipe, registry), registry, options, origin)
  }

  /**
   * Reads what the recipe names, and runs nothing: the model, and the first sample of all data, which must fit it.
   * @throws PareError of what is missing or wrong
   */
  async check(): Promise<void> {
    const model = await this.#loadModel()
    await using data = this.#dataFor(model)
    await this.#openData(data, model)
  }

  /**
   * Says what the trainings of the recipe would do: what they train, what not and why, what memory they take, and how
   * long, from some steps that are run and forgotten. It writes nothing.
   * @throws PareError of what is missing or wrong; the signal's reason
   */
  async plan({ note, progress, signal }: PlanOptions = {}): Promise<readonly StagePlan[]> {
    const model = await this.#loadModel()
    await using data = this.#dataFor(model)
    await this.#openData(data, model)
    return await planRecipe({
      recipe: this.recipe,
      model,
      executor: this.#executor,
      data,
      registry: this.#registry,
      evaluate: this.#options.evaluate,
      note: note ?? (() => undefined),
      progress: progress ?? (() => undefined),
      signal: signal ?? new AbortController().signal,
    })
  }

  /**
   * Runs the recipe in a folder of its own.
   * @throws PareError of what went wrong; `RUN_CANCELLED` after the signal. The folder can then be resumed.
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    const { resume = false } = options
    const model = await this.#loadModel()
    await using data = this.#dataFor(model)
    // Before there is a folder: what is missing is told at once, and leaves nothing behind.
    await this.#openData(data, model)
    const fingerprint = await fingerprintOf(this.recipe, model, {
      baseDirectory: this.#origin.baseDirectory,
      given: this.#options.data,
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
      return await runRecipe({
        recipe: this.recipe,
        origin: this.#origin,
        model,
        folder,
        executor: this.#executor,
        data,
        registry: this.#registry,
        evaluate: this.#options.evaluate,
        emit,
        signal: options.signal ?? new AbortController().signal,
      })
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

  get #executor(): StatefulExecutor {
    return this.#options.executor ?? createExecutor(this.recipe.runtime)
  }

  #dataFor(model: Graph): DataSources {
    return dataSources(this.recipe, this.#origin.baseDirectory, model.inputs, this.#options.data)
  }

  /** Opens all data that the recipe names or a stage needs, and sees that its first sample fits the model. */
  async #openData(data: DataSources, model: Graph): Promise<void> {
    for (const role of ['train', 'validation', 'calibration'] as const) {
      const source = await data.open(role)
      for await (const batch of source?.batches({ batchSize: 1, limit: 1 }) ?? []) feedsOf(model, batch)
    }
    const validation = await data.open('validation')
    const { evaluate: own } = this.#options
    const setup = { recipe: this.recipe, executor: this.#executor, validation, own, float: model }
    const evaluators = runEvaluators(setup, () => undefined)
    for (const { name, use, train } of this.recipe.stages) {
      for (const [id, options] of use.flatMap(Object.entries<unknown>)) {
        const strategy = this.#registry.get(id)
        const needs = strategy ? needsOf(strategy, options) : []
        if (needs.includes('calibration')) await data.calibration(id)
        if (needs.includes('evaluate') && !evaluators.metrics) throw missingData('data.validation with labels', id)
      }
      if (train) await data.require('train', `The stage ${name}`)
      if (train) epochEvaluator(evaluators, name, train)
    }
  }

  async #loadModel(): Promise<Graph> {
    const { model } = this.recipe
    if (typeof model === 'string') return readModel(resolve(this.#origin.baseDirectory, model))
    const { create, ...options } = model
    return createModel(create, { ...options, seed: this.recipe.seed })
  }
}

const cancelled = (folder: string, cause: unknown) =>
  new RunError({
    code: 'RUN_CANCELLED',
    message: `The run in ${folder} was cancelled.`,
    hint: 'Go on with it by the same command and --resume (from code: resume: true), or start again.',
    cause,
  })
