import { stateOf } from './model-state.ts'
import { type OpenStep, type OpenStepOptions, openStep } from './open-step.ts'
import type { StepGraph } from './step-graph.ts'

/** The step of a training whose graph may change from one epoch to the next. */
export interface OpenPhases extends OpenStep {
  /** Makes the step ready for an epoch: that of another graph goes on with the state of the one before. */
  enter(epoch: number): Promise<void>
}

/**
 * Opens the session of the step that is for an epoch.
 * @param stepAt the same object for epochs of the same graph; all have one state
 * @throws what `openStep` throws
 */
export async function openPhases(
  stepAt: (epoch: number) => StepGraph,
  epoch: number,
  options: OpenStepOptions,
): Promise<OpenPhases> {
  const told = new Set<string>()
  const note = (message: string) => {
    if (!told.has(message)) options.note?.(message)
    told.add(message)
  }
  let step = stepAt(epoch)
  let open = await openStep(step, { ...options, note })
  return {
    enter: async epoch => {
      const next = stepAt(epoch)
      if (next === step) return
      const state = stateOf(await open.readState())
      // Not both at once: each holds memory for a whole step.
      await open[Symbol.asyncDispose]()
      open = await openStep(next, { ...options, note, state })
      step = next
    },
    run: (batch, learningRate) => open.run(batch, learningRate),
    readState: names => open.readState(names),
    writeState: tensors => open.writeState(tensors),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  }
}
