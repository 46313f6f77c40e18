import { isMarkedAsUntransferable } from 'node:worker_threads'
import { type InitialState, RunError, type SentError, type TensorData, type TensorMap } from '@pare/core-graph'
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

/** What is asked of the worker, one after another. */
export type Request =
  | {
      readonly kind: 'open'
      readonly graphs: readonly SentGraph[]
      readonly state: ReadonlyMap<string, InitialState>
      readonly options: InferenceSession.SessionOptions
    }
  | { readonly kind: 'run'; readonly graph: string; readonly feeds: TensorMap }
  | { readonly kind: 'read'; readonly names: readonly string[] | undefined }
  | { readonly kind: 'write'; readonly tensors: TensorMap }
  | { readonly kind: 'close' }

/** Every request is answered, by tensors (maybe none) or by an error; `bug` is one that is none of Pare's. */
export type Answer = { readonly tensors: TensorMap } | { readonly error: SentError } | { readonly bug: unknown }

/** The same tensors in memory of their own. */
export const ownTensors = (tensors: TensorMap): TensorMap =>
  mapTensors(tensors, tensor => ({ ...tensor, data: tensor.data.slice() }))

/**
 * Tensors that can go to another thread without a copy. What is a part of a larger buffer, or may not leave this thread
 * (Node's pool of small buffers, shared memory), is copied here.
 * @throws RunError `RUN_FAILED` for a tensor that was moved already
 */
export const movable = (tensors: TensorMap): TensorMap =>
  mapTensors(tensors, (tensor, name) => {
    const { buffer, byteLength } = tensor.data
    if (buffer instanceof ArrayBuffer && buffer.detached) throw handedOver(name)
    const moves = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !isMarkedAsUntransferable(buffer)
    return moves ? tensor : { ...tensor, data: tensor.data.slice() }
  })

/** What is handed over with tensors that are movable. */
export const buffersOf = (tensors: TensorMap): ArrayBuffer[] => [
  ...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer)),
]

const mapTensors = (tensors: TensorMap, change: (tensor: TensorData, name: string) => TensorData): TensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))

const handedOver = (name: string) =>
  new RunError({
    code: 'RUN_FAILED',
    message: `The memory of ${name} was given away by an earlier run.`,
    hint: 'Feed a tensor of its own to each run: a copy, where the same is needed again.',
  })
