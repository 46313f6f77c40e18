import {
  type Batch,
  type Graph,
  RunError,
  type StatefulExecutor,
  type StatefulSession,
  type TensorMap,
} from '@pare/core-graph'
import { expandComposites } from './composites/expand-composites.ts'
import { lower } from './lowering/lower.ts'
import { loweringFacts } from './lowering/probe.ts'
import { initialState, type State } from './model-state.ts'
import { packState } from './pack-state.ts'
import { type StepResult, stepFeeds, stepResult } from './run-step.ts'
import type { StepGraph } from './step-graph.ts'

/** A training step that is ready to run, and its state, in a thread of their own. */
export interface OpenStep extends AsyncDisposable {
  /**
   * Runs the step on one batch, whose tensors are taken over.
   * @param learningRate of the update; without, the gradients are only added up (`StepGraph.accumulation`)
   * @throws what `stepFeeds` and the session throw
   */
  run(batch: Batch, learningRate?: number): Promise<StepResult>
  /** See `StatefulSession`. */
  readState(names?: readonly string[]): Promise<TensorMap>
  writeState(tensors: TensorMap): Promise<void>
}

export interface OpenStepOptions {
  readonly executor: StatefulExecutor
  /** Whether the step is rewritten for the fastest operators of the runtime. Default true. */
  readonly lowering?: boolean
  /** Default: that before the first step. */
  readonly state?: State
  /** Is told what was not lowered, and why. */
  readonly note?: ((message: string) => void) | undefined
}

/**
 * Opens the session of a training step.
 * @throws ModelError when the runtime does not take it
 */
export async function openStep(step: StepGraph, options: OpenStepOptions): Promise<OpenStep> {
  const { executor, lowering = true, state = initialState(step), note } = options
  const facts = lowering ? await loweringFacts(executor) : undefined
  const notes = new Set<string>()
  const runnable = (graph: Graph): Graph => {
    if (!facts) return expandComposites(graph)
    const lowered = lower(graph, facts, { samples: step.model.inputs.map(({ name }) => name) })
    for (const message of lowered.notes) notes.add(message)
    return lowered.graph
  }
  const packed = packState(step, state)
  const graphs = {
    update: runnable(packed.graph),
    ...(packed.accumulation && { accumulate: runnable(packed.accumulation) }),
  }
  for (const message of notes) note?.(message)
  // A plan would be kept beside what the first run took: half as much memory without it, in the same time (measured:
  // MobileNetV1 0.5 at 28×28, batch 64: 214 against 341 MB; ResNet-18 at 32×32: 1169 against 2314 MB).
  const session: StatefulSession = await executor.openStateful<string>(graphs, packed.state, {
    plansMemory: false,
    // What is rounded in training is to be seen by it, pair by pair.
    fusesQuantization: false,
    // What is lost is looked for in what led to it.
    finite: step.outputs.loss,
  })
  return {
    run: async (batch, learningRate) =>
      stepResult(
        step,
        batch,
        await session.run(learningRate === undefined ? 'accumulate' : 'update', stepFeeds(step, batch, learningRate)),
      ),
    readState: async (names = [...state.keys()]) =>
      packed.unpack(names, await session.readState(packed.namesFor(names))),
    writeState: async tensors => {
      checkFit(tensors, state)
      const shared = packed.namesFor(Object.keys(tensors)).filter(name => !Object.hasOwn(tensors, name))
      const before = await session.readState(shared)
      await session.writeState(packed.pack(tensors, before))
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** A tensor of another size would move the others that it is packed with. */
function checkFit(tensors: TensorMap, state: State): void {
  for (const [name, { dataType, dims }] of Object.entries(tensors)) {
    const own = state.get(name)
    if (own?.dataType === dataType && `${own.dims}` === `${dims}`) continue
    throw new RunError({
      code: 'RUN_STATE',
      message: own
        ? `The state ${name} is ${own.dataType} [${own.dims}], not ${dataType} [${dims}].`
        : `There is no state ${name}.`,
      hint: 'Names, types and shapes of a state stay as they were at first.',
    })
  }
}
