// What is said between a stateful session and its thread. The thread imports nothing of Pare, so that it is there at
// once; what it finds is put into Pare's words on this side.

import type { InitialState, TensorMap } from '@pare/core-graph'
import type { InferenceSession } from 'onnxruntime-node'
import type { ModelSource } from '../create-session.ts'

/** A graph on its way to the worker. */
export interface SentGraph {
  /** What the session calls it. */
  readonly name: string
  /** What the graph calls itself. */
  readonly title: string
  readonly source: ModelSource
}

/** What is asked of the worker, one after another. Half floats are sent as raw bits. */
export type Request =
  | {
      readonly kind: 'open'
      readonly graphs: readonly SentGraph[]
      readonly state: ReadonlyMap<string, InitialState>
      readonly finite: string | undefined
      readonly options: InferenceSession.SessionOptions
    }
  | { readonly kind: 'run'; readonly graph: string; readonly feeds: TensorMap }
  | { readonly kind: 'read'; readonly names: readonly string[] | undefined }
  | { readonly kind: 'write'; readonly tensors: TensorMap }
  | { readonly kind: 'close' }

/** Every request is answered: by tensors (maybe none), or by what went wrong. */
export type Answer = { readonly tensors: TensorMap } | { readonly problem: Problem }

export type Problem =
  | { readonly kind: 'not taken'; readonly title: string; readonly message: string }
  | {
      readonly kind: 'run failed'
      readonly inputNames: readonly string[]
      readonly outputNames: readonly string[]
      readonly message: string
    }
  | { readonly kind: 'no such state'; readonly message: string }

/** The buffers of tensors that belong to nobody else: what goes between threads without a copy. */
export const buffersOf = (tensors: TensorMap): ArrayBuffer[] => [
  ...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer)),
]
