import type { Dataset, DatasetFile } from '../dataset.ts'

export interface FetchRequest {
  readonly dataset: Dataset
  /** The files that are wanted. */
  readonly files: readonly DatasetFile[]
  /** An empty folder for them; what else is put there is thrown away. */
  readonly folder: string
  /** Called with the number of bytes that came in since the last call. */
  readonly received: (bytes: number) => void
  readonly signal: AbortSignal | undefined
}

/** A place that a data set's files come from. What it delivers is checked by the caller. */
export interface Origin {
  /** As in "fetched from …". */
  readonly name: (dataset: Dataset) => string
  /** @throws Error saying in a sentence why the files could not be had. */
  readonly fetch: (request: FetchRequest) => Promise<void>
}
