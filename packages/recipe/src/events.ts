import type { Progress } from '@pare/core-graph'
import type { EpochResult } from '@pare/train'
import type { Verdict } from './accept.ts'

/** What happens in a run. All but `progress` are written to the run folder's `events.jsonl`, a line each. */
export type RunEvent = { readonly time: string } & RunEventBody

export type RunEventBody =
  | {
      readonly type: 'run-start'
      readonly folder: string
      readonly steps: readonly string[]
      readonly resumed: boolean
    }
  | { readonly type: 'step-start'; readonly step: string }
  /** `resumed`: done by an earlier run in this folder. */
  | {
      readonly type: 'step-end'
      readonly step: string
      readonly seconds: number
      readonly resumed: boolean
    }
  | { readonly type: 'progress'; readonly step: string; readonly progress: Progress }
  /** An epoch of a training has ended. A resumed training tells those before first. */
  | { readonly type: 'epoch'; readonly step: string; readonly result: EpochResult }
  | { readonly type: 'note'; readonly step: string; readonly message: string }
  | { readonly type: 'run-end'; readonly verdict: Verdict; readonly seconds: number }
  | { readonly type: 'run-failed'; readonly code: string; readonly message: string }

/** Is told of everything that happens in a run, while it happens. */
export type RunListener = (event: RunEvent) => void
