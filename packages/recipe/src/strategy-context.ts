import {
  type DataSource,
  type Evaluator,
  type Graph,
  type Need,
  once,
  type ProgressListener,
  RecipeError,
  type Round,
  type StatefulExecutor,
  type StrategyContext,
  type Target,
  type TensorFiles,
  type TextFiles,
} from '@pare/core-graph'
import { latencyEngines } from '@pare/runtime'
import type { RunEvaluators } from './evaluators.ts'
import { type DataSources, missingData } from './sources.ts'
import type { StepContext } from './steps.ts'

/** What the contexts of the strategies of a stage are made of. */
export interface ContextSetup extends Pick<StepContext, 'progress' | 'note'> {
  readonly executor: StatefulExecutor
  readonly data: DataSources
  /** What measures models; the listener is told how far a measurement has come. */
  readonly evaluators: (progress: ProgressListener) => RunEvaluators
  readonly teacher: Graph | undefined
  /** Whether the stage's training changes its samples at random, where the data declares that. Default true. */
  readonly augments?: boolean | undefined
  /** Of the stage that goes in rounds. */
  readonly round: Round | undefined
  readonly files: TextFiles
  readonly artifacts: TextFiles | undefined
  readonly tensors: TensorFiles | undefined
  readonly target: Target | undefined
  readonly seed: number
  readonly signal: AbortSignal
}

/**
 * What surrounds a strategy: all that it needs.
 * @param id of the strategy
 * @throws RecipeError `RECIPE_DATA`, `RECIPE_TEACHER` for what the recipe lacks
 */
export async function strategyContext(
  id: string,
  needs: readonly Need[],
  setup: ContextSetup,
): Promise<StrategyContext> {
  const { executor, target, teacher, round, files, artifacts, tensors, seed, progress, note, signal, data } = setup
  const has = (need: Need) => needs.includes(need)
  return {
    executor,
    seed,
    progress,
    note,
    signal,
    files,
    ...(target && { target }),
    ...(round && { round }),
    ...(artifacts && { artifacts }),
    ...(tensors && { tensors }),
    ...(has('calibration') && { calibration: await calibrationOf(id, setup) }),
    ...(has('train') && { train: await trainOf(id, setup) }),
    ...(has('validation') && { validation: await data.require('validation', id) }),
    ...(has('evaluate') && { evaluate: evaluatorOf(id, setup) }),
    ...(has('latency') && { latency: latencyOn(setup) }),
    ...(has('teacher') && { teacher: teacher ?? noTeacher(id) }),
  }
}

/** A stage that leaves its samples as they are makes what is kept of them good for all its epochs. */
async function trainOf(id: string, { data, augments = true }: ContextSetup): Promise<DataSource> {
  const source = await data.require('train', id)
  if (augments || !source.augments) return source
  return { ...source, augments: false, batches: options => source.batches(options) }
}

async function calibrationOf(id: string, { data, note }: ContextSetup) {
  const { source, instead } = await data.calibration(id)
  if (instead) note(`${id} takes its samples from data.${instead}, since the recipe has no data.calibration.`)
  return source
}

/** It tells no progress of its own: the strategy that measures candidate by candidate does. */
function evaluatorOf(id: string, { evaluators, teacher, note }: ContextSetup): Evaluator {
  const { metrics, fidelity } = evaluators(() => undefined)
  if (metrics) return metrics
  if (!fidelity) throw missingData('data.validation', id)
  // A student that was just created has nothing to be faithful to.
  const reference = teacher ? 'the teacher' : 'the one that the run began with'
  note(`${id} measures how faithful models are to ${reference}, since data.validation has no labels.`)
  return fidelity(teacher)
}

/** Enough for a median; a candidate is measured where many others are. */
const shortMeasurement = { runs: 50, warmup: 3, budget: 500 }

/** Medians on the first of the target's engines, which are opened when a latency is first asked for. */
function latencyOn({ executor, target, note, signal }: ContextSetup): (graph: Graph) => Promise<number> {
  const engine = once(async () => {
    const { engines, notes } = await latencyEngines(executor, target?.id)
    for (const message of notes) note(message)
    return engines[0]
  })
  return async graph => {
    const [measured] = (await (await engine())?.compare([graph], { ...shortMeasurement, signal })) ?? []
    if (!measured) throw new Error('There is always an engine, which measures each model.')
    return measured.median
  }
}

function noTeacher(id: string): never {
  throw new RecipeError({
    code: 'RECIPE_TEACHER',
    message: `${id} learns from a teacher, and the recipe names none.`,
    hint: 'Add `teacher:` to the recipe: the path of a model, or `float` for the model that the run begins with.',
  })
}
