import { DataError } from '@pare/core-graph'
import type { BatchRequest, DataFacts, MadeBatch } from './batch-maker.ts'

/** An error on its way between threads: structured cloning would lose its class and fields. */
export type SentError =
  | { readonly kind: 'data'; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly kind: 'other'; readonly cause: unknown }

export interface ToWorker extends BatchRequest {
  readonly id: number
}

export type FromWorker =
  | { readonly kind: 'open'; readonly facts: DataFacts }
  | { readonly kind: 'open-failed'; readonly error: SentError }
  | { readonly kind: 'batch'; readonly id: number; readonly batch: MadeBatch }
  | { readonly kind: 'batch-failed'; readonly id: number; readonly error: SentError }

export function sentError(error: unknown): SentError {
  if (!(error instanceof DataError)) return { kind: 'other', cause: error }
  const { code, message, hint } = error
  return { kind: 'data', code, message, ...(hint !== undefined && { hint }) }
}

export const receivedError = (error: SentError): Error =>
  error.kind === 'data' ? new DataError(error) : workerFailure(error.cause)

/** The error of a worker thread that broke down. */
export const workerFailure = (cause: unknown): DataError =>
  new DataError({
    code: 'DATA_WORKER',
    message: `The thread that prepares batches broke down: ${cause instanceof Error ? cause.message : cause}.`,
    hint: 'If memory ran out, use smaller batches; otherwise please report it with the data declaration.',
    cause,
  })
