import type { Graph, ProgressListener } from '@pare/core-graph'
import type { RunEventBody } from './events.ts'
import type { RunFolder } from './run-folder.ts'

/** What a step tells while it works. */
export interface StepContext {
  readonly progress: ProgressListener
  /** Tells the user something that is no failure. */
  readonly note: (message: string) => void
}

export interface StepOutcome<Details> {
  /** Plain JSON data. */
  readonly details: Details
  /** The model after a stage. */
  readonly graph?: Graph
}

/** The steps of a run, one after another, each done once: what an earlier run in the folder finished is read back. */
export interface Steps {
  readonly run: <Details>(
    name: string,
    work: (context: StepContext) => Promise<StepOutcome<Details>>,
  ) => Promise<StepOutcome<Details>>
  /** What the steps noted, each with the name of its step; resumed steps included. */
  readonly notes: string[]
}

interface FinishedStep {
  readonly details: unknown
  readonly notes: readonly string[]
}

export function createSteps(folder: RunFolder, emit: (event: RunEventBody) => void, signal: AbortSignal): Steps {
  const notes: string[] = []
  return {
    notes,
    run: async <Details>(step: string, work: (context: StepContext) => Promise<StepOutcome<Details>>) => {
      signal.throwIfAborted()
      const started = performance.now()
      emit({ type: 'step-start', step })
      const before = (await folder.finished(step)) as FinishedStep | undefined
      const own: string[] = [...(before?.notes ?? [])]
      const context: StepContext = {
        progress: progress => emit({ type: 'progress', step, progress }),
        note: message => {
          own.push(message)
          emit({ type: 'note', step, message })
        },
      }
      const outcome: StepOutcome<Details> = before ? { details: before.details as Details } : await work(context)
      if (!before) await folder.finish(step, { details: outcome.details, notes: own }, outcome.graph)
      notes.push(...own.map(note => `${step}: ${note}`))
      emit({ type: 'step-end', step, seconds: (performance.now() - started) / 1000, resumed: before !== undefined })
      return outcome
    },
  }
}
