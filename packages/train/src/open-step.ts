import type { Batch, StatefulExecutor, StatefulSession, TensorMap } from '@pare/core-graph'
import { expandComposites } from './composites/expand-composites.ts'
import { initialState, type State, sessionState } from './model-state.ts'
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
  /** Default: that before the first step. */
  readonly state?: State
}

/**
 * Opens the session of a training step.
 * @throws ModelError when the runtime does not take it
 */
export async function openStep(step: StepGraph, options: OpenStepOptions): Promise<OpenStep> {
  const { executor, state = initialState(step) } = options
  const graphs = {
    update: expandComposites(step.graph),
    ...(step.accumulation && { accumulate: expandComposites(step.accumulation) }),
  }
  const session: StatefulSession = await executor.openStateful<string>(graphs, sessionState(step, state))
  return {
    run: async (batch, learningRate) =>
      stepResult(
        step,
        batch,
        await session.run(learningRate === undefined ? 'accumulate' : 'update', stepFeeds(step, batch, learningRate)),
      ),
    readState: names => session.readState(names),
    writeState: tensors => session.writeState(tensors),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}
