import { elementCount, type Graph, matchInitializers, type Tensor, tensorByteLength } from '@pare/core-graph'
import { expandComposites } from './composites/expand-composites.ts'
import { frozenAt } from './frozen.ts'
import { openStep } from './open-step.ts'
import { peakBytes } from './peak-bytes.ts'
import { batchesOf, type PreparedTraining, prepareTraining } from './prepare-training.ts'
import type { TrainSetup } from './train.ts'
import { isMask, trainableParameters } from './trained-parameters.ts'

/** What is asked of a training that is not to be run yet. */
export interface PlanSetup
  extends Pick<TrainSetup, 'options' | 'source' | 'executor' | 'parts' | 'seed' | 'signal' | 'note'> {
  /** Steps to be timed, after one that warms up; 0 for none. Default 5. */
  readonly measuredSteps?: number
  /** Bytes that the process takes, `process.memoryUsage.rss` in Node. Without, what steps take is not known. */
  readonly memoryUsage?: () => number
}

/** What a training would do, and what it takes. */
export interface TrainingPlan {
  readonly trained: readonly PlannedTensor[]
  readonly frozen: readonly (PlannedTensor & { readonly reason: string })[]
  /** Numbers that are trained. */
  readonly parameters: number
  readonly stepsPerEpoch: number
  /** In bytes, worked out for a step in standard operators. */
  readonly memory: {
    /** Parameters, the optimizer's state, running statistics and averages; a step has them twice at its end. */
    readonly state: number
    /**
     * The least that a step needs: its state, its batch and the values at the moment at which they take most, if nodes
     * run in the graph's order. onnxruntime runs them in an order of its own and keeps memory in reserve: see `measured`.
     */
    readonly step: number
  }
  /** Of steps that were run; undefined where no two were. */
  readonly measured: MeasuredSteps | undefined
}

export interface MeasuredSteps {
  readonly steps: number
  readonly secondsPerStep: number
  readonly secondsPerEpoch: number
  /** By how much the process has grown, in bytes: the session's memory and what the data takes; undefined where it is not known. */
  readonly memory?: number
}

/** A float tensor of the model. */
export interface PlannedTensor {
  readonly name: string
  readonly dims: readonly number[]
}

/**
 * Says what a training would do: what it trains, what it leaves and why, the memory of a step, and, from some steps that
 * are run and forgotten, the time of an epoch without its evaluation.
 * @throws what `train` throws before its first step, and at a step
 */
export async function planTraining(model: Graph, setup: PlanSetup): Promise<TrainingPlan> {
  const { measuredSteps = 5 } = setup
  const training = prepareTraining(model, setup)
  const { step, stepsPerEpoch } = training
  const trained = step.trained.map(name => ({ name, dims: step.state.get(name)?.initial.dims ?? [] }))
  const state = [...step.state.values()].reduce((sum, { initial }) => sum + tensorByteLength(initial), 0)
  return {
    trained,
    frozen: frozenIn(training),
    parameters: trained.reduce((sum, { dims }) => sum + elementCount(dims), 0),
    stepsPerEpoch,
    memory: { state, step: peakBytes(expandComposites(step.graph)) + state },
    measured: measuredSteps > 0 ? await measure(training, setup, measuredSteps) : undefined,
  }
}

function frozenIn({ graph, joined, step, options }: PreparedTraining): TrainingPlan['frozen'] {
  const chosen = matchInitializers(graph, frozenAt([...options.freeze, ...joined.frozen], 1), 'freeze')
  const trainable = new Set([...trainableParameters(graph), ...joined.trainable.map(({ name }) => name)])
  const reasonOf = (name: string, tensor: Tensor) => {
    if (chosen.has(name)) return 'kept by freeze'
    if (step.state.has(name)) return 'state that follows the batches'
    if (isMask(tensor)) return 'it is infinite in places, as masks are'
    return trainable.has(name) ? 'the loss does not depend on it' : 'no operator has a gradient by it'
  }
  return [...graph.initializers].flatMap(([name, tensor]) => {
    const { dataType, dims } = tensor
    if (dataType !== 'float32' || dims.length === 0 || step.trained.includes(name)) return []
    return [{ name, dims, reason: reasonOf(name, tensor) }]
  })
}

async function measure(
  training: PreparedTraining,
  setup: PlanSetup,
  wanted: number,
): Promise<TrainingPlan['measured']> {
  const { source, executor, parts = [], seed, signal, note, memoryUsage } = setup
  const { options, step, stepsPerEpoch } = training
  const before = memoryUsage?.()
  await using session = await openStep(step, { executor, lowering: options.lowering, note })
  let [steps, started] = [-1, 0]
  for await (const batch of batchesOf(source, training, { parts, epoch: 0, skip: 0, seed, signal })) {
    signal?.throwIfAborted()
    // As in an epoch: most of the steps between two updates only add gradients up.
    const isUpdate = (steps + 1) % options.accumulate === options.accumulate - 1
    await session.run(batch, isUpdate ? 0 : undefined)
    steps++
    if (steps === 0) started = performance.now()
    if (steps === wanted) break
  }
  if (steps < 1) return undefined
  const secondsPerStep = (performance.now() - started) / 1000 / steps
  // The runtime keeps what it has taken.
  const after = memoryUsage?.()
  const memory = before === undefined || after === undefined ? {} : { memory: Math.max(0, after - before) }
  return { steps, secondsPerStep, secondsPerEpoch: secondsPerStep * stepsPerEpoch, ...memory }
}
