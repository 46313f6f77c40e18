import {
  type Batch,
  type BatchOptions,
  DataError,
  type DataSource,
  elementCount,
  newTypedArray,
  type TensorData,
  type TensorMap,
} from '@pare/core-graph'
import { checkBatchOptions } from './batch-options.ts'
import { checkLabel } from './labels.ts'
import { oneAhead } from './one-ahead.ts'

/** One sample as a model takes it, already preprocessed, without a batch axis: `[C, H, W]`. */
export interface StreamSample {
  /** The tensor of the only input, or tensors by input name. */
  readonly inputs: TensorData | TensorMap
  /** Class number; all samples have one, or none has. */
  readonly label?: number
}

/** What is asked of one pass over a stream. */
export type StreamRequest = Pick<BatchOptions, 'shuffle' | 'augment' | 'signal'>

/** What is known of a stream of samples before it is read. */
export interface StreamOptions {
  /** Name of the model's input, for samples that are a single tensor. Default `input`. */
  readonly inputName?: string
  /** Number of samples, where it is known. */
  readonly size?: number
  /** Number of classes; labels are checked against it. */
  readonly classes?: number
  /** Whether the factory obeys the `shuffle` of its request. Default false: being asked to shuffle is an error. */
  readonly shuffles?: boolean
}

/**
 * A user's own samples as a data source. `factory` is called for every pass, and once at the beginning to look at the
 * first sample; each call starts anew. Samples of skipped batches are read and dropped. Augmentation is the factory's own affair: the request says when it is wanted.
 * @throws DataError `DATA_EMPTY` without samples, `DATA_STREAM` when samples do not fit together or the iterable
 *   fails, `DATA_LABEL`, `DATA_STREAM_SHUFFLE`; iterating throws them too, or the reason of an aborted signal.
 */
export async function openAsyncIterable(
  factory: (request: StreamRequest) => AsyncIterable<StreamSample>,
  options: StreamOptions = {},
): Promise<DataSource> {
  const first = await firstOf(factory({}))
  const labelled = first.label !== undefined
  return {
    size: options.size,
    labelled,
    shuffles: options.shuffles ?? false,
    batches: batchOptions => {
      checkBatchOptions(batchOptions)
      if (batchOptions.shuffle && !options.shuffles)
        throw new DataError({
          code: 'DATA_STREAM_SHUFFLE',
          message: 'This data is a stream, which cannot be shuffled.',
          hint: 'Shuffle in your own iterable by the seed and epoch of its request, and open it with `shuffles: true`.',
        })
      return { [Symbol.asyncIterator]: () => batchesOf(factory, first, options, batchOptions) }
    },
  }
}

async function firstOf(iterable: AsyncIterable<StreamSample>): Promise<StreamSample> {
  const samples = iterable[Symbol.asyncIterator]()
  const { done, value } = await nextOf(samples, 0)
  await samples.return?.()
  if (!done) return value
  throw new DataError({
    code: 'DATA_EMPTY',
    message: 'The iterable yields no samples.',
    hint: 'The factory must return a new iterable at each call.',
  })
}

async function* batchesOf(
  factory: (request: StreamRequest) => AsyncIterable<StreamSample>,
  first: StreamSample,
  { inputName = 'input', classes }: StreamOptions,
  { batchSize, skip = 0, limit = Number.POSITIVE_INFINITY, dropLast = false, shuffle, augment, signal }: BatchOptions,
): AsyncGenerator<Batch> {
  const request = { ...(shuffle && { shuffle }), ...(augment && { augment }), ...(signal && { signal }) }
  const samples = factory(request)[Symbol.asyncIterator]()
  const expected = named(first.inputs, inputName)
  let count = 0
  const next = async (): Promise<Batch | undefined> => {
    for (; count < Math.min(skip * batchSize, limit); count++) if ((await nextOf(samples, count)).done) return undefined
    const wanted = Math.min(batchSize, limit - count)
    const taken: { inputs: TensorMap; label: number | undefined }[] = []
    while (taken.length < wanted) {
      const { done, value } = await nextOf(samples, count)
      if (done) break
      const inputs = named(value.inputs, inputName)
      checkTensors(inputs, expected, count)
      checkPresence(value.label, first.label, count)
      if (value.label !== undefined) checkLabel(value.label, classes, () => `sample ${count}`)
      taken.push({ inputs, label: value.label })
      count++
    }
    if (taken.length === 0 || (dropLast && taken.length < batchSize)) return undefined
    return {
      inputs: stack(
        taken.map(({ inputs }) => inputs),
        expected,
      ),
      labels: first.label === undefined ? undefined : Int32Array.from(taken, ({ label }) => label ?? 0),
      size: taken.length,
    }
  }
  try {
    yield* oneAhead(next, signal)
  } finally {
    // Not waited for: the stream may be in the middle of a sample that takes long.
    samples.return?.().catch(() => {})
  }
}

async function nextOf(samples: AsyncIterator<StreamSample>, index: number): Promise<IteratorResult<StreamSample>> {
  try {
    return await samples.next()
  } catch (cause) {
    throw new DataError({
      code: 'DATA_STREAM',
      message: `The iterable failed at sample ${index}: ${cause instanceof Error ? cause.message : cause}.`,
      hint: 'The error comes from the iterable itself.',
      cause,
    })
  }
}

const isTensor = (inputs: TensorData | TensorMap): inputs is TensorData => ArrayBuffer.isView(inputs.data)

const named = (inputs: TensorData | TensorMap, inputName: string): TensorMap =>
  isTensor(inputs) ? { [inputName]: inputs } : inputs

const describe = (inputs: TensorMap) =>
  Object.entries(inputs)
    .map(([name, { dataType, dims }]) => `${name}: ${dataType} [${dims.join(', ')}]`)
    .sort()
    .join('; ')

function checkTensors(inputs: TensorMap, expected: TensorMap, index: number): void {
  if (describe(inputs) !== describe(expected))
    throw new DataError({
      code: 'DATA_STREAM',
      message: `Sample ${index} is ${describe(inputs)}, but the first one was ${describe(expected)}.`,
      hint: 'All samples must have the same inputs, types and shapes.',
    })
  for (const [name, { dims, data }] of Object.entries(inputs))
    if (data.length !== elementCount(dims))
      throw new DataError({
        code: 'DATA_STREAM',
        message: `${name} of sample ${index} has ${data.length} elements, but its shape [${dims.join(', ')}] takes ${elementCount(dims)}.`,
        hint: 'Give each sample without a batch axis, with as many elements as its shape says.',
      })
}

function checkPresence(label: number | undefined, first: number | undefined, index: number): void {
  if ((label === undefined) !== (first === undefined))
    throw new DataError({
      code: 'DATA_LABEL',
      message: `Sample ${index} has ${label === undefined ? 'no' : 'a'} label, unlike the first one.`,
      hint: 'Give every sample a label, or none.',
    })
}

function stack(samples: readonly TensorMap[], expected: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(expected).map(([name, { dataType, dims }]) => {
      const length = elementCount(dims)
      const data = newTypedArray(dataType, samples.length * length)
      for (const [index, sample] of samples.entries()) data.set((sample[name]?.data ?? []) as never, index * length)
      return [name, { dataType, dims: [samples.length, ...dims], data }]
    }),
  )
}
