import type { BatchOptions, TensorData } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { openAsyncIterable, type StreamOptions, type StreamRequest, type StreamSample } from './async-iterable.ts'
import { collect, failureOf } from './testing/files.ts'

const float = (...values: number[]): TensorData => ({
  dataType: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
})

const stream = (...samples: readonly StreamSample[]) =>
  async function* () {
    yield* samples
  }

const pairs = (count: number) =>
  stream(...Array.from({ length: count }, (_, n) => ({ inputs: float(n, -n), label: n })))

test('stacks the samples of an iterable into batches, at every pass anew', async () => {
  const source = await openAsyncIterable(pairs(5), { inputName: 'x', size: 5 })
  expect(source).toMatchObject({ size: 5, labelled: true })
  for (let pass = 0; pass < 2; pass++) {
    const batches = await collect(source.batches({ batchSize: 2 }))
    expect(batches.map(({ size }) => size)).toEqual([2, 2, 1])
    expect(batches[1]?.inputs.x).toEqual({ dataType: 'float32', dims: [2, 2], data: Float32Array.of(2, -2, 3, -3) })
    expect(batches[1]?.labels).toEqual(Int32Array.of(2, 3))
  }
  expect((await collect(source.batches({ batchSize: 2, dropLast: true }))).length).toBe(2)
  expect((await collect(source.batches({ batchSize: 2, limit: 3 }))).map(({ size }) => size)).toEqual([2, 1])
})

test('skipped batches are read and dropped', async () => {
  const source = await openAsyncIterable(pairs(5))
  const labels = async (options: Omit<BatchOptions, 'batchSize'>) =>
    (await collect(source.batches({ batchSize: 2, ...options }))).map(({ labels }) => [...(labels ?? [])])
  expect(await labels({ skip: 1 })).toEqual([[2, 3], [4]])
  expect(await labels({ skip: 1, limit: 3 })).toEqual([[2]])
  expect(await labels({ skip: 2, limit: 3 })).toEqual([])
  expect(await labels({ skip: 3 })).toEqual([])
})

test('a sample may have several inputs of any type, and no label', async () => {
  const ids: TensorData = { dataType: 'int64', dims: [], data: BigInt64Array.of(7n) }
  const source = await openAsyncIterable(
    stream({ inputs: { ids, data: float(1) } }, { inputs: { ids, data: float(2) } }),
  )
  const [batch] = await collect(source.batches({ batchSize: 8 }))
  expect([source.size, source.labelled, batch?.labels]).toEqual([undefined, false, undefined])
  expect(batch?.inputs).toEqual({
    ids: { dataType: 'int64', dims: [2], data: BigInt64Array.of(7n, 7n) },
    data: { dataType: 'float32', dims: [2, 1], data: Float32Array.of(1, 2) },
  })
})

test('a factory that shuffles is told how', async () => {
  const requests: StreamRequest[] = []
  const factory = (request: StreamRequest) => {
    requests.push(request)
    return pairs(2)()
  }
  const source = await openAsyncIterable(factory, { shuffles: true })
  const shuffle = { seed: 1, epoch: 2 }
  await collect(source.batches({ batchSize: 1, shuffle, augment: true }))
  expect(requests).toEqual([{}, { shuffle, augment: true }])
})

test('the iterable is closed when the consumer stops or aborts', async () => {
  let closed = 0
  async function* endless() {
    try {
      for (;;) yield { inputs: float(1) }
    } finally {
      closed++
    }
  }
  const source = await openAsyncIterable(endless)
  expect(closed).toBe(1)
  for await (const _ of source.batches({ batchSize: 3 })) break
  await expect.poll(() => closed).toBe(2)
  const controller = new AbortController()
  const reading = async () => {
    for await (const _ of source.batches({ batchSize: 3, signal: controller.signal }))
      controller.abort(new Error('stop'))
  }
  await expect(reading()).rejects.toThrow('stop')
  await expect.poll(() => closed).toBe(3)
})

async function* failing() {
  yield { inputs: float(1) }
  throw new Error('socket closed')
}

test.each<[string, () => AsyncIterable<StreamSample>, StreamOptions, string, RegExp]>([
  ['no samples', stream(), {}, 'DATA_EMPTY', /yields no samples/],
  [
    'samples of two shapes',
    stream({ inputs: float(1) }, { inputs: float(1, 2) }),
    {},
    'DATA_STREAM',
    /Sample 1 is input: float32 \[2\], but the first one was input: float32 \[1\]/,
  ],
  [
    'too few elements',
    stream({ inputs: { ...float(1), dims: [2] } }),
    {},
    'DATA_STREAM',
    /has 1 elements, but its shape \[2\] takes 2/,
  ],
  [
    'a label that is missing',
    stream({ inputs: float(1), label: 0 }, { inputs: float(1) }),
    {},
    'DATA_LABEL',
    /Sample 1 has no label/,
  ],
  [
    'a label too many',
    stream({ inputs: float(1) }, { inputs: float(1), label: 0 }),
    {},
    'DATA_LABEL',
    /Sample 1 has a label/,
  ],
  ['a negative label', stream({ inputs: float(1), label: -1 }), {}, 'DATA_LABEL', /sample 0 is -1/],
  [
    'a label beyond the classes',
    stream({ inputs: float(1), label: 3 }),
    { classes: 3 },
    'DATA_LABEL',
    /sample 0 is 3, but there are 3 classes/,
  ],
  ['an iterable that fails', failing, {}, 'DATA_STREAM', /failed at sample 1: socket closed/],
])('refuses %s', async (_, factory, options, code, message) => {
  const reading = openAsyncIterable(factory, options).then(source => collect(source.batches({ batchSize: 1 })))
  expect(await failureOf(reading)).toEqual({ code, message: expect.stringMatching(message), hint: expect.any(String) })
})

test('a stream that cannot shuffle says so, as it does of a batch size of 0', async () => {
  const source = await openAsyncIterable(pairs(1))
  expect(source.shuffles).toBe(false)
  expect(() => source.batches({ batchSize: 1, shuffle: { seed: 0, epoch: 0 } })).toThrow(
    expect.objectContaining({ code: 'DATA_STREAM_SHUFFLE' }),
  )
  expect(() => source.batches({ batchSize: 0 })).toThrow(expect.objectContaining({ code: 'DATA_BATCH' }))
})
