import { basename, dirname, extname, join, resolve } from 'node:path'
import {
  type Evaluator,
  type Executor,
  type Graph,
  PareError,
  RunError,
  type Strategy,
  saveModel,
  simplify,
} from '@pare/core-graph'
import { compareModels, createEvaluator, type Fidelity } from '@pare/evaluate'
import { createModel } from '@pare/models'
import { createExecutor, readModel } from '@pare/runtime'
import { type AcceptFigures, judge } from './accept.ts'
import { environment } from './environment.ts'
import type { RunEventBody, RunListener } from './events.ts'
import { measureModel } from './measure.ts'
import { checkRecipe, readRecipe } from './read-recipe.ts'
import type { ModelFigures, RunResult, StageResult } from './result.ts'
import { defaultRunFolder, digest, openRunFolder, type RunFolder } from './run-folder.ts'
import { runStage, type StageContext } from './run-stage.ts'
import type { Recipe, RecipeInput } from './schema.ts'
import { dataSources, type GivenData } from './sources.ts'
import { type StrategyRegistry, strategyRegistry } from './strategies.ts'

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
  readonly executor?: Executor
}

export interface RunOptions {
  /** The run's folder. Default `runs/<name>/<number>` below the current folder. */
  readonly output?: string
  /** Go on with the run in the folder (by default the newest) after its last finished step. */
  readonly resume?: boolean
  readonly listener?: RunListener
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
  readonly #baseDirectory: string
  readonly #name: string

  private constructor(
    recipe: Recipe,
    registry: StrategyRegistry,
    options: CompressorOptions,
    baseDirectory: string,
    name: string,
  ) {
    this.recipe = recipe
    this.#registry = registry
    this.#options = options
    this.#baseDirectory = baseDirectory
    this.#name = name
  }

  /**
   * Reads and checks a recipe.
   * @param recipe path of a YAML or JSON file, or the recipe itself
   * @throws RecipeError `RECIPE_FILE`, `RECIPE_SYNTAX`, `RECIPE_INVALID`
   */
  static async open(recipe: string | RecipeInput, options: CompressorOptions = {}): Promise<Compressor> {
    const registry = strategyRegistry(options.strategies)
    if (typeof recipe !== 'string')
      return new Compressor(
        checkRecipe(recipe, registry),
        registry,
        options,
        resolve(options.baseDirectory ?? '.'),
        options.name ?? 'recipe',
      )
    const name = options.name ?? basename(recipe, extname(recipe))
    return new Compressor(await readRecipe(recipe, registry), registry, options, dirname(resolve(recipe)), name)
  }

  /**
   * Reads what the recipe names, and runs nothing: the model, and the first sample of all data.
   * @throws PareError of what is missing or wrong
   */
  async check(): Promise<void> {
    const model = await this.#loadModel()
    await using data = dataSources(
      this.recipe,
      this.#baseDirectory,
      model.inputs[0]?.name ?? 'input',
      this.#options.data,
    )
    for (const role of ['train', 'validation', 'calibration'] as const) {
      const source = await data.open(role)
      for await (const _ of source?.batches({ batchSize: 1, limit: 1 }) ?? []) break
    }
  }

  /**
   * Runs the recipe in a folder of its own.
   * @throws PareError of what went wrong; `RUN_CANCELLED` after the signal. The folder can then be resumed.
   */
  async run(options: RunOptions = {}): Promise<RunResult> {
    const started = performance.now()
    const original = await this.#loadModel()
    const folder = await openRunFolder({
      path: resolve(options.output ?? (await defaultRunFolder(join('runs', this.#name), options.resume ?? false))),
      recipe: this.recipe,
      fingerprint: { recipe: digest(JSON.stringify(this.recipe)), model: digest(saveModel(original).model) },
      resume: options.resume ?? false,
    })
    const emit = (body: RunEventBody) => {
      const event = { time: new Date().toISOString(), ...body }
      if (event.type !== 'progress') folder.log(event)
      options.listener?.(event)
    }
    try {
      return await this.#runIn(folder, original, emit, options.signal ?? new AbortController().signal, started)
    } catch (error) {
      const failure = options.signal?.aborted ? cancelled(folder.path, error) : error
      emit({
        type: 'run-failed',
        code: failure instanceof PareError ? failure.code : 'BUG',
        message: failure instanceof Error ? failure.message : String(failure),
      })
      throw failure
    }
  }

  async #loadModel(): Promise<Graph> {
    const { model } = this.recipe
    if (typeof model === 'string') return readModel(resolve(this.#baseDirectory, model))
    const { create, ...options } = model
    return createModel(create, { ...options, seed: this.recipe.seed })
  }

  async #runIn(
    folder: RunFolder,
    original: Graph,
    emit: (body: RunEventBody) => void,
    signal: AbortSignal,
    started: number,
  ): Promise<RunResult> {
    const { recipe } = this
    const notes: string[] = []
    const executor = this.#options.executor ?? createExecutor(recipe.runtime)
    const { graph: float } = simplify(original)
    await using data = dataSources(recipe, this.#baseDirectory, float.inputs[0]?.name ?? 'input', this.#options.data)
    const steps = [
      'measure-float',
      ...recipe.stages.map((stage, index) => `${index + 1}-${stage.name}`),
      'measure-result',
    ]
    emit({ type: 'run-start', folder: folder.path, steps, resumed: folder.resumed })

    /** Does one step, unless an earlier run in this folder has. */
    const step = async <Details>(
      name: string,
      work: (context: StepContext) => Promise<{ details: Details; graph?: Graph }>,
    ) => {
      signal.throwIfAborted()
      const before = performance.now()
      emit({ type: 'step-start', step: name })
      const done = await folder.finished(name)
      const context: StepContext = {
        progress: progress => emit({ type: 'progress', step: name, progress }),
        note: message => {
          notes.push(`${name}: ${message}`)
          emit({ type: 'note', step: name, message })
        },
      }
      const result = done ? { details: done.details as Details } : await work(context)
      if (!done) await folder.finish(name, result.details, result.graph)
      emit({ type: 'step-end', step: name, seconds: (performance.now() - before) / 1000, resumed: done !== undefined })
      return { ...result, resumed: done !== undefined }
    }

    const validation = await data.open('validation')
    const evaluatorFor = (context: StepContext): Evaluator | undefined =>
      this.#options.evaluate ??
      (validation &&
        createEvaluator({
          executor,
          source: validation,
          batchSize: recipe.evaluate.batchSize,
          progress: context.progress,
          ...(recipe.evaluate.limit ? { limit: recipe.evaluate.limit } : {}),
          ...(recipe.evaluate.output ? { output: recipe.evaluate.output } : {}),
        }))
    const measure = (graph: Graph, context: StepContext) =>
      measureModel(graph, { executor, evaluate: evaluatorFor(context), note: context.note, signal })

    const { details: before } = await step('measure-float', async context => ({
      details: await measure(float, context),
    }))

    let graph = original
    const stages: StageResult[] = []
    for (const [index, stage] of recipe.stages.entries()) {
      const name = `${index + 1}-${stage.name}`
      const current = graph
      const outcome = await step(name, async context => {
        const stageContext: StageContext = {
          ...context,
          executor,
          data,
          evaluate: evaluatorFor(context),
          registry: this.#registry,
          seed: recipe.seed,
          signal,
          workFolder: () => folder.workFolder(name),
        }
        return runStage(current, stage, stageContext)
      })
      graph = outcome.graph ?? (await folder.model(name))
      stages.push({ name: stage.name, details: outcome.details })
    }

    const final = graph
    const { details: measured } = await step('measure-result', async context => {
      const after = await measure(final, context)
      const fidelity = validation
        ? await compareModels(float, final, {
            executor,
            source: validation,
            limit: recipe.evaluate.fidelitySamples,
            batchSize: recipe.evaluate.batchSize,
            progress: context.progress,
            signal,
          })
        : undefined
      return { details: { after, fidelity } }
    })
    const saved = await folder.writeModel('model.onnx', final)
    const verdict = judge(recipe.accept, figuresOf(before, measured.after, measured.fidelity))
    const result: RunResult = {
      verdict,
      folder: folder.path,
      model: saved.path,
      before,
      after: measured.after,
      fidelity: measured.fidelity,
      stages,
      notes,
      seconds: (performance.now() - started) / 1000,
      environment: environment(),
    }
    await folder.writeJson('result.json', result)
    emit({ type: 'run-end', verdict, seconds: result.seconds })
    return result
  }
}

type StepContext = Pick<StageContext, 'progress' | 'note'>

function figuresOf(before: ModelFigures, after: ModelFigures, fidelity: Fidelity | undefined): AcceptFigures {
  const top1 = [before.metrics?.top1, after.metrics?.top1] as const
  return {
    accuracyDrop: top1[0] === undefined || top1[1] === undefined ? undefined : 100 * (top1[0] - top1[1]),
    size: after.bytes / before.bytes,
    latency: before.latency && after.latency ? after.latency.median / before.latency.median : undefined,
    agreement: fidelity?.agreement,
    sqnr: fidelity?.sqnr ?? undefined,
  }
}

const cancelled = (folder: string, cause: unknown) =>
  new RunError({
    code: 'RUN_CANCELLED',
    message: `The run in ${folder} was cancelled.`,
    hint: 'Go on with it by --resume.',
    cause,
  })
