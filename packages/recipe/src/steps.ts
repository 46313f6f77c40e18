import type { Graph, ProgressListener } from '@pare/core-graph'
import type { EpochResult } from '@pare/train'
import type { RunEventBody } from './events.ts'
import type { RunFolder } from './run-folder.ts'

/** What a step tells while it works. */
export interface StepContext {
  readonly progress: ProgressListener
  readonly epoch: (result: EpochResult) => void
  /** Tells the user something that is no failure. */
  readonly note: (message: string) => void
}

export interface StepOutcome<Details> {
  /** Plain JSON data. */
  readonly details: Details
  /** The model after a stage. */
  readonly graph?: Graph
}

/**
 * The steps of a run, one after another, each done once. A run goes on with what a step has written, whether that was
 * just now or before the run was interrupted: so an interruption changes nothing.
 */
export interface Steps {
  /** @returns the details, as they are read back; the model is in the folder */
  readonly run: <Details>(
    name: string,
    work: (context: StepContext) => Promise<StepOutcome<Details>>,
  ) => Promise<Details>
  /** What the steps noted, each with the name of its step; resumed steps included. */
  readonly notes: string[]
}

interface FinishedStep<Details> {
  readonly details: Details
  readonly notes: readonly string[]
}

export function createSteps(folder: RunFolder, emit: (event: RunEventBody) => void, signal: AbortSignal): Steps {
  const notes: string[] = []
  const carryOut = async <Details>(step: string, work: (context: StepContext) => Promise<StepOutcome<Details>>) => {
    const own: string[] = []
    const { details, graph } = await work({
      progress: progress => emit({ type: 'progress', step, progress }),
      epoch: result => emit({ type: 'epoch', step, result }),
      note: message => {
        own.push(message)
        emit({ type: 'note', step, message })
      },
    })
    await folder.finish(step, { details, notes: own } satisfies FinishedStep<Details>, graph)
  }
  return {
    notes,
    run: async <Details>(step: string, work: (context: StepContext) => Promise<StepOutcome<Details>>) => {
      signal.throwIfAborted()
      const started = performance.now()
      emit({ type: 'step-start', step })
      const resumed = (await folder.finished(step)) !== undefined
      if (!resumed) await carryOut(step, work)
      const finished = (await folder.finished(step)) as FinishedStep<Details>
      notes.push(...finished.notes.map(note => `${step}: ${note}`))
      emit({ type: 'step-end', step, seconds: (performance.now() - started) / 1000, resumed })
      return finished.details
    },
  }
}
