import { Worker } from 'node:worker_threads'
import { type Batch, type BatchOptions, DataError, type DataSource } from '@pare/core-graph'
import { z } from 'zod'
import { type AugmentInput, augmentSchema } from './augment.ts'
import type { BatchPlan, DataFacts } from './batch-maker.ts'
import { checkBatchOptions } from './batch-options.ts'
import { type DataDeclarationInput, dataDeclarationSchema } from './declaration.ts'
import { oneAhead } from './one-ahead.ts'
import { epochOrder } from './order.ts'
import { type PreprocessInput, preprocessSchema } from './preprocess.ts'
import { connect, type WorkerClient } from './worker-client.ts'

export interface OpenDataOptions {
  readonly preprocess: PreprocessInput
  /** Where relative paths start: the folder of the file that declares the data. */
  readonly baseDirectory: string
  /** Name of the model's input. Default `input`. */
  readonly inputName?: string
  /** What batches with `augment: true` undergo. Default: nothing. */
  readonly augment?: AugmentInput
}

/** Images of known number, ready for one model. */
export interface ImageDataSource extends DataSource, DataFacts, AsyncDisposable {
  readonly size: number
}

/**
 * Opens declared data. A thread of its own reads, decodes and preprocesses, one batch ahead; disposing ends it.
 * Batches hold one float32 tensor `[N, C, H, W]` (or `[N, H, W, C]`), and a class for each sample if there are labels.
 * @throws DataError `DATA_DECLARATION` when the declaration or the preprocessing is not valid, or what is wrong with
 *   the files. Iterating throws DataError, or the reason of an aborted signal.
 */
export async function openDataSource(
  declaration: DataDeclarationInput,
  options: OpenDataOptions,
): Promise<ImageDataSource> {
  const { baseDirectory, inputName = 'input' } = options
  const client = await startWorker({
    declaration: checked(dataDeclarationSchema, declaration, 'declaration of the data'),
    preprocess: checked(preprocessSchema, options.preprocess, 'preprocessing'),
    augment: checked(augmentSchema, options.augment ?? {}, 'augmentation'),
    baseDirectory,
  })
  return {
    ...client.facts,
    labelled: client.facts.labels !== undefined,
    batches: batchOptions => batchesOf(client, inputName, batchOptions),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const { data, error } = schema.safeParse(value)
  if (error)
    throw new DataError({
      code: 'DATA_DECLARATION',
      message: `The ${what} is not valid: ${z.prettifyError(error)}`,
      hint: 'Correct the entries named.',
      cause: error,
    })
  return data
}

function startWorker(plan: BatchPlan): Promise<WorkerClient> {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(isSource ? './batch-worker.ts' : './batch-worker.js', import.meta.url)
  return connect(new Worker(file, { workerData: plan, ...(isSource && { execArgv: ['--conditions=@pare/source'] }) }))
}

function batchesOf({ facts, request }: WorkerClient, inputName: string, options: BatchOptions): AsyncIterable<Batch> {
  checkBatchOptions(options)
  const { batchSize, limit = facts.size, shuffle, dropLast = false, augment = false, signal } = options
  if (augment && !shuffle)
    throw new DataError({
      code: 'DATA_AUGMENT_SEED',
      message: 'Samples are to be changed at random, but no seed and epoch are given.',
      hint: 'Give `shuffle: { seed, epoch }` along with `augment: true`.',
    })
  const order = shuffle
    ? epochOrder(facts.size, shuffle)
    : Uint32Array.from({ length: facts.size }, (_, place) => place)
  const places = order.subarray(0, limit)
  return {
    [Symbol.asyncIterator]: () => {
      let start = 0
      const next = async (): Promise<Batch | undefined> => {
        const chosen = places.slice(start, start + batchSize)
        start += batchSize
        if (chosen.length === 0 || (dropLast && chosen.length < batchSize)) return undefined
        const data = await request({ places: chosen, augment: augment ? shuffle : undefined })
        const { labels, sampleDims } = facts
        return {
          inputs: { [inputName]: { dataType: 'float32', dims: [chosen.length, ...sampleDims], data } },
          labels: labels && Int32Array.from(chosen, place => labels[place] ?? 0),
          size: chosen.length,
        }
      }
      return oneAhead(next, signal)
    },
  }
}
