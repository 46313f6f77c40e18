import { Worker } from 'node:worker_threads'
import { type Batch, type BatchOptions, DataError, type DataSource } from '@pare/core-graph'
import { z } from 'zod'
import { type AugmentInput, augmentSchema, changesNothing } from './augment.ts'
import type { BatchPlan, DataFacts } from './batch-maker.ts'
import { checkBatchOptions } from './batch-options.ts'
import { type DataDeclarationInput, dataDeclarationSchema } from './declaration.ts'
import { oneAhead } from './one-ahead.ts'
import { epochOrder } from './order.ts'
import { type PreprocessInput, preprocessSchema } from './preprocess.ts'
import type { ModelInput } from './reader.ts'
import { connect, type WorkerClient } from './worker-client.ts'

/** How declared samples become the inputs of a model. */
export interface OpenDataOptions {
  readonly preprocess: PreprocessInput
  /** Where relative paths start: the folder of the file that declares the data. */
  readonly baseDirectory: string
  /** The model's inputs: images go to the first, tensors to those they are named after. Default: one named `input`. */
  readonly inputs?: readonly ModelInput[]
  /** What batches with `augment: true` undergo. Default: nothing. */
  readonly augment?: AugmentInput
}

/** Samples of known number, ready for one model. */
export interface OpenedData extends DataSource, DataFacts, AsyncDisposable {
  readonly size: number
}

/**
 * Opens declared data. A thread of its own reads, decodes and preprocesses, one batch ahead; disposing ends it.
 * Batches of images hold one float32 tensor `[N, C, H, W]` (or `[N, H, W, C]`), those of tensors one for each input in
 * the type that the model takes; and a class for each sample if there are labels.
 * @throws DataError `DATA_DECLARATION` when the declaration or the preprocessing is not valid, or what is wrong with
 *   the files. Iterating throws DataError, or the reason of an aborted signal.
 */
export async function openDataSource(declaration: DataDeclarationInput, options: OpenDataOptions): Promise<OpenedData> {
  const { baseDirectory, inputs = [] } = options
  const augment = checked(augmentSchema, options.augment ?? {}, 'augmentation')
  const client = await startWorker({
    declaration: checked(dataDeclarationSchema, declaration, 'declaration of the data'),
    preprocess: checked(preprocessSchema, options.preprocess, 'preprocessing'),
    augment,
    baseDirectory,
    inputs: inputs.map(({ name, type }) => ({ name, type })),
  })
  return {
    ...client.facts,
    labelled: client.facts.labels !== undefined,
    augments: !changesNothing(augment),
    batches: batchOptions => batchesOf(client, batchOptions),
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

function batchesOf({ facts, request }: WorkerClient, options: BatchOptions): AsyncIterable<Batch> {
  checkBatchOptions(options)
  const { batchSize, skip = 0, limit = facts.size, shuffle, dropLast = false, augment = false, signal } = options
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
      let place = skip
      const next = async (): Promise<Batch | undefined> => {
        const chosen = places.slice(place * batchSize, (place + 1) * batchSize)
        if (chosen.length === 0 || (dropLast && chosen.length < batchSize)) return undefined
        const { inputs, mixed } = await request({
          places: chosen,
          augment: augment && shuffle ? { ...shuffle, place } : undefined,
        })
        place++
        const { labels } = facts
        return {
          inputs,
          labels: labels && Int32Array.from(chosen, place => labels[place] ?? 0),
          places: Int32Array.from(chosen),
          ...(mixed && { mixed }),
          size: chosen.length,
        }
      }
      return oneAhead(next, signal)
    },
  }
}
