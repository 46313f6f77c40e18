import {
  type Evaluator,
  type Graph,
  type ProgressListener,
  type StatefulExecutor,
  savedBytes,
  simplify,
  type TextFiles,
  targets,
} from '@pare/core-graph'
import { checkInputs, compareModels, type Fidelity } from '@pare/evaluate'
import { type LayerSaturation, saturation } from '@pare/quant'
import { type AcceptFigures, judge } from './accept.ts'
import { environment } from './environment.ts'
import { fidelityOptions, runEvaluators } from './evaluators.ts'
import type { RunEventBody } from './events.ts'
import { measureLatencies, measureModel, notWorthIt, saturationNotes } from './measure.ts'
import type { LoadedPlugin } from './plugins.ts'
import type { EngineLatency, ModelFigures, RunOrigin, RunResult, StageFigures, StageResult } from './result.ts'
import type { RunFolder } from './run-folder.ts'
import { type PartDetails, runStage } from './run-stage.ts'
import type { Recipe, Stage } from './schema.ts'
import type { DataSources } from './sources.ts'
import { createSteps, type StepContext } from './steps.ts'
import type { StrategyRegistry } from './strategies.ts'
import { targetNotes } from './target-fit.ts'

/** What a run works with. */
export interface RunSetup {
  readonly recipe: Recipe
  readonly origin: RunOrigin
  /** The model as it was given. */
  readonly model: Graph
  readonly folder: RunFolder
  readonly executor: StatefulExecutor
  readonly data: DataSources
  readonly registry: StrategyRegistry
  /** Undefined where the recipe names none. */
  readonly teacher: Graph | undefined
  /** Where strategies keep files that outlive the run. */
  readonly files: TextFiles
  readonly plugins: readonly LoadedPlugin[]
  /** The caller's own evaluation, in place of Pare's metrics. */
  readonly evaluate: Evaluator | undefined
  readonly emit: (event: RunEventBody) => void
  readonly signal: AbortSignal
}

/** What the last step finds. Both latencies are taken there, in turns, so that they can be compared. */
interface Measured {
  readonly figures: Omit<ModelFigures, 'latency'>
  readonly latencies: readonly EngineLatency[]
  readonly fidelity: Fidelity | undefined
  readonly saturation: readonly LayerSaturation[]
}

/** Measures the float model, runs the stages, measures the result, compares, judges. */
export async function runRecipe(setup: RunSetup): Promise<RunResult> {
  const { recipe, model, folder, executor, data, registry, teacher, files, emit, signal } = setup
  const started = performance.now()
  const target = recipe.target && targets[recipe.target]
  const validation = await data.open('validation')
  const { graph: float } = simplify(model)
  const evaluators = (progress: ProgressListener) =>
    runEvaluators({ recipe, executor, validation, own: setup.evaluate, float }, progress)
  const measure = (graph: Graph, context: StepContext) =>
    measureModel(graph, { evaluate: evaluators(context.progress).metrics, note: context.note, signal })

  // Without validation data what else there is tells of the input and of the activations.
  const samples = async () => validation ?? (await data.open('calibration')) ?? data.open('train')

  const plan = recipe.stages.map((stage, index) => ({ stage, steps: stepsOf(stage, index) }))
  const steps = createSteps(folder, emit, signal)
  emit({
    type: 'run-start',
    folder: folder.path,
    steps: ['measure-float', ...plan.flatMap(({ steps }) => steps), 'measure-result'],
    resumed: folder.resumed,
  })

  const floatFigures = await steps.run('measure-float', async context => {
    if (!evaluators(context.progress).metrics)
      context.note(
        validation
          ? 'No accuracy is measured: the validation data has no labels. The result is compared with the float model instead.'
          : 'Neither accuracy nor fidelity is measured: the recipe has no data.validation.',
      )
    // All data of a recipe is preprocessed alike, so one source tells of all.
    const source = await samples()
    // Of the model as it is: what it learned of its input is folded into the weights of the simplified one.
    if (source) for (const warning of await checkInputs(model, { executor, source, signal })) context.note(warning)
    return { details: await measure(float, context) }
  })

  let graph = model
  const stages: StageResult[] = []
  for (const { stage, steps: names } of plan) {
    const before = graph
    const details: PartDetails[] = []
    let figures: StageFigures | undefined
    for (const [index, step] of names.entries()) {
      const current = graph
      const round = names.length > 1 ? { number: index + 1, rounds: names.length, before } : undefined
      const done = await steps.run(step, async context => {
        const { details: parts, graph: made } = await runStage(current, stage, {
          ...context,
          executor,
          data,
          evaluators,
          registry,
          teacher,
          round,
          files,
          artifacts: folder.files(step),
          tensors: folder.tensors(step),
          target,
          seed: recipe.seed,
          signal,
          checkpoint: folder.checkpoint(step),
        })
        // What the last stage makes is measured as the result.
        const isBetween = stage !== recipe.stages.at(-1) && step === names.at(-1)
        return {
          details: { parts, figures: isBetween ? stageFigures(await measure(made, context)) : undefined },
          graph: made,
        }
      })
      graph = await folder.model(step)
      figures = done.figures
      details.push(...done.parts.map(part => (round ? { ...part, round: round.number } : part)))
    }
    stages.push({ name: stage.name, rounds: names.length, bytes: savedBytes(graph), figures, details })
  }

  const final = graph
  const measured = await steps.run<Measured>('measure-result', async context => {
    const figures = await measure(final, context)
    const latencies = await measureLatencies(executor, [float, final], { target, note: context.note, signal })
    const fidelity =
      validation &&
      (await compareModels(float, final, {
        ...fidelityOptions(recipe),
        executor,
        source: validation,
        progress: context.progress,
        signal,
      }))
    const source = target?.saturates ? await samples() : undefined
    const layers = source ? await saturation(final, { executor, source, progress: context.progress, signal }) : []
    for (const sentence of [...saturationNotes(layers), ...targetNotes(final, target)]) context.note(sentence)
    return { details: { figures, latencies, fidelity, saturation: layers } }
  })

  const saved = await folder.writeModel('model.onnx', final)
  const { figures, latencies, fidelity } = measured
  const before = { ...floatFigures, latency: latencies[0]?.before }
  const after = { ...figures, latency: latencies[0]?.after }
  const compresses = recipe.stages.some(({ use }) => use.length > 0)
  const verdict = judge(recipe.accept, figuresOf(before, after, fidelity))
  const result: RunResult = {
    verdict,
    folder: folder.path,
    model: saved,
    before,
    after,
    fidelity,
    target: recipe.target,
    latencies,
    // Of a recipe that only trains, nothing was to become smaller or faster.
    notWorthIt: compresses ? notWorthIt({ before: before.bytes, after: after.bytes }, latencies) : [],
    saturation: measured.saturation,
    stages,
    notes: steps.notes,
    origin: setup.origin,
    plugins: setup.plugins.map(({ plugin, version, strategies }) => ({
      plugin,
      version,
      strategies: strategies.map(({ id }) => id),
    })),
    accept: recipe.accept,
    seed: recipe.seed,
    finished: new Date().toISOString(),
    seconds: (performance.now() - started) / 1000,
    environment: environment(),
  }
  await folder.writeJson('result.json', result)
  emit({ type: 'run-end', verdict, seconds: result.seconds })
  return result
}

/** Each round of a stage is a step of its own: done once, with its model and its training's checkpoints. */
const stepsOf = ({ name, rounds }: Stage, index: number): readonly string[] =>
  rounds === 1
    ? [`${index + 1}-${name}`]
    : Array.from({ length: rounds }, (_, round) => `${index + 1}-${name}-round-${round + 1}`)

const stageFigures = ({ metrics, macs, parameters }: Omit<ModelFigures, 'latency'>): StageFigures => ({
  metrics,
  macs,
  parameters,
})

function figuresOf(before: ModelFigures, after: ModelFigures, fidelity: Fidelity | undefined): AcceptFigures {
  const [accuracyBefore, accuracyAfter] = [before.metrics?.top1, after.metrics?.top1]
  return {
    accuracyDrop:
      accuracyBefore === undefined || accuracyAfter === undefined ? undefined : 100 * (accuracyBefore - accuracyAfter),
    size: after.bytes / before.bytes,
    latency: before.latency && after.latency ? after.latency.median / before.latency.median : undefined,
    agreement: fidelity?.agreement,
    sqnr: fidelity && (fidelity.sqnr ?? Number.POSITIVE_INFINITY),
  }
}
