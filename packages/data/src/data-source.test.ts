import { join } from 'node:path'
import type { Batch, BatchOptions } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { type OpenDataOptions, openDataSource } from './data-source.ts'
import type { DataDeclarationInput } from './declaration.ts'
import type { PreprocessInput } from './preprocess.ts'
import { collect, failureOf, idxBytes, png, temporaryFolder, writeFiles } from './testing/files.ts'

const count = 23
const idx = { kind: 'idx', images: 'images', labels: 'labels', classes: 10 } as const
const raw = { colour: 'grey', range: [0, 255] } satisfies PreprocessInput

/** Sample n is two pixels, n and 100 + n, of class n modulo 10. */
async function numberedFiles() {
  const folder = await temporaryFolder()
  const numbers = [...Array(count).keys()]
  await writeFiles(folder, {
    images: idxBytes(
      [count, 1, 2],
      numbers.flatMap(n => [n, 100 + n]),
    ),
    labels: idxBytes(
      [count],
      numbers.map(n => n % 10),
    ),
  })
  return folder
}

async function openNumbers(declaration: Partial<DataDeclarationInput> = {}, options: Partial<OpenDataOptions> = {}) {
  const baseDirectory = await numberedFiles()
  return openDataSource({ ...idx, ...declaration } as DataDeclarationInput, {
    preprocess: raw,
    baseDirectory,
    ...options,
  })
}

const valuesOf = ({ inputs }: Batch) => Array.from(inputs.input?.data ?? [], Number)

test('batches hold the samples, stacked, and their labels', async () => {
  await using source = await openNumbers()
  expect(source).toMatchObject({
    size: count,
    labelled: true,
    inputs: { input: { dataType: 'float32', dims: [1, 1, 2] } },
    classNames: undefined,
  })
  const batches = await collect(source.batches({ batchSize: 10 }))
  expect(batches.map(({ size }) => size)).toEqual([10, 10, 3])
  const [, , last] = batches
  expect(last?.inputs.input).toMatchObject({ dataType: 'float32', dims: [3, 1, 1, 2] })
  expect(last && valuesOf(last)).toEqual([20, 120, 21, 121, 22, 122])
  expect(last?.labels).toEqual(Int32Array.from([0, 1, 2]))
})

test('limit, dropLast, the input name and a subset', async () => {
  await using source = await openNumbers(
    { subset: { skip: 1, take: 7 } },
    { inputs: [{ name: 'image', type: undefined }] },
  )
  const sizes = async (options: BatchOptions) => (await collect(source.batches(options))).map(({ size }) => size)
  expect(source.size).toBe(7)
  expect(await sizes({ batchSize: 3 })).toEqual([3, 3, 1])
  expect(await sizes({ batchSize: 3, dropLast: true })).toEqual([3, 3])
  expect(await sizes({ batchSize: 3, limit: 4 })).toEqual([3, 1])
  const [first] = await collect(source.batches({ batchSize: 2 }))
  expect(first?.inputs.image?.data).toEqual(Float32Array.from([1, 101, 2, 102]))
  expect(first?.labels).toEqual(Int32Array.from([1, 2]))
})

test('one seed and epoch give one order and one augmentation, in batches of any size', async () => {
  await using source = await openNumbers({}, { augment: { horizontalFlip: true, cropPadding: 1 } })
  const read = async (batchSize: number, epoch: number, augment: boolean) =>
    (await collect(source.batches({ batchSize, shuffle: { seed: 4, epoch }, augment }))).flatMap(batch => [
      ...valuesOf(batch),
      ...(batch.labels ?? []).map(label => -label),
    ])
  const sorted = (values: number[]) => values.map(value => value + 0).sort((a, b) => a - b)
  for (const augment of [false, true]) {
    const whole = await read(count, 1, augment)
    expect(sorted(await read(5, 1, augment))).toEqual(sorted(whole))
    expect(await read(count, 1, augment)).toEqual(whole)
    expect(await read(count, 2, augment)).not.toEqual(whole)
  }
  expect(sorted(await read(count, 1, false))).toEqual(sorted(await read(count, 2, false)))
  expect(sorted(await read(count, 1, true))).not.toEqual(sorted(await read(count, 1, false)))
})

test('labels go with their samples when they are shuffled', async () => {
  await using source = await openNumbers()
  const order: number[] = []
  for await (const batch of source.batches({ batchSize: 4, shuffle: { seed: 1, epoch: 0 } }))
    for (const [place, label] of (batch.labels ?? []).entries()) {
      const number = valuesOf(batch)[2 * place] ?? -1
      order.push(number)
      expect(label).toBe(number % 10)
    }
  expect(order).not.toEqual([...Array(count).keys()])
})

test('batches tell the place of each sample in the data, whatever their order', async () => {
  await using source = await openNumbers({
    split: { fraction: 0.25, seed: 1, part: 'train' },
    subset: { skip: 2 },
  })
  const read = async (options: BatchOptions) =>
    (await collect(source.batches(options))).flatMap(batch => {
      const numbers = valuesOf(batch).filter((_, at) => at % 2 === 0)
      return numbers.map((number, row) => [batch.places?.[row] ?? -1, number] as const)
    })
  const numberAt = new Map(await read({ batchSize: 4 }))
  expect([...numberAt.keys()]).toEqual([...Array(source.size).keys()])
  const shuffled = await read({ batchSize: 4, shuffle: { seed: 3, epoch: 2 }, skip: 1, dropLast: true })
  expect(shuffled).toHaveLength(4 * Math.floor(source.size / 4) - 4)
  expect(shuffled.map(([place]) => place)).not.toEqual(shuffled.map(([place]) => place).toSorted((a, b) => a - b))
  for (const [place, number] of shuffled) expect(number).toBe(numberAt.get(place))
})

test('a source tells whether its samples can be changed at random', async () => {
  await using plain = await openNumbers()
  await using flipped = await openNumbers({}, { augment: { horizontalFlip: true } })
  expect([plain.augments, flipped.augments]).toEqual([false, true])
})

test('two iterations at once do not disturb each other', async () => {
  await using source = await openNumbers()
  const options = { batchSize: 2, shuffle: { seed: 1, epoch: 0 } }
  const [one, two] = await Promise.all([collect(source.batches(options)), collect(source.batches(options))])
  expect(one.flatMap(valuesOf)).toEqual(two.flatMap(valuesOf))
})

test('skipped batches are not read; the others are as ever, with their own changes and mixtures', async () => {
  const options = { batchSize: 4, shuffle: { seed: 2, epoch: 3 }, augment: true }
  await using source = await openNumbers({}, { augment: { cropPadding: 1, mixup: { alpha: 1 } } })
  const all = await collect(source.batches(options))
  expect(all).toHaveLength(6)
  for (const skip of [0, 2, 5, 6, 9])
    expect(await collect(source.batches({ ...options, skip }))).toEqual(all.slice(skip))
  const limited = await collect(source.batches({ ...options, limit: 10 }))
  expect(limited.map(({ size }) => size)).toEqual([4, 4, 2])
  expect(await collect(source.batches({ ...options, limit: 10, skip: 2 }))).toEqual(limited.slice(2))
})

test('mixed batches tell the second class of each sample and the share of the first', async () => {
  await using source = await openNumbers({}, { augment: { mixup: { alpha: 1 } } })
  const shuffle = { seed: 1, epoch: 0 }
  const plain = await collect(source.batches({ batchSize: 8, shuffle }))
  const mixed = await collect(source.batches({ batchSize: 8, shuffle, augment: true }))
  for (const [place, batch] of mixed.entries()) {
    // Sample n is the pixels n and 100 + n, of class n modulo 10.
    const numbers = valuesOf(plain[place] as Batch).filter((_, at) => at % 2 === 0)
    expect(batch.labels).toEqual(Int32Array.from(numbers, n => n % 10))
    const [share = Number.NaN] = batch.mixed?.shares ?? []
    expect(batch.mixed?.shares).toEqual(new Float32Array(numbers.length).fill(share))
    const partners = numbers.map(
      (own, at) => Math.round(((valuesOf(batch)[2 * at] ?? 0) - share * own) / (1 - share)) + 0,
    )
    expect([...partners].sort()).toEqual([...numbers].sort())
    expect(batch.mixed?.labels).toEqual(Int32Array.from(partners, n => n % 10))
  }
  expect(new Set(mixed.map(({ mixed }) => mixed?.shares[0])).size).toBe(mixed.length)
  expect(plain[0]).not.toHaveProperty('mixed')
})

test('samples without labels are not mixed', async () => {
  const baseDirectory = await numberedFiles()
  await using source = await openDataSource(
    { kind: 'idx', images: 'images' },
    { preprocess: raw, baseDirectory, augment: { cutmix: {} } },
  )
  const shuffle = { seed: 1, epoch: 0 }
  expect(await collect(source.batches({ batchSize: 23, shuffle }))).toHaveLength(1)
  expect(await failureOf(collect(source.batches({ batchSize: 23, shuffle, augment: true })))).toEqual({
    code: 'DATA_AUGMENT',
    message: 'Samples are to be mixed, and with them their labels, but they have none.',
    hint: expect.stringMatching(/mixup.*cutmix/),
  })
})

test('data without labels', async () => {
  const baseDirectory = await numberedFiles()
  await using source = await openDataSource({ kind: 'idx', images: 'images' }, { preprocess: raw, baseDirectory })
  const [batch] = await collect(source.batches({ batchSize: 1 }))
  expect([source.labelled, batch?.labels]).toEqual([false, undefined])
})

test('images of different sizes come to one by resize and crop', async () => {
  const baseDirectory = await temporaryFolder()
  const row = (width: number) => new Array(width).fill([200, 100, 50])
  await writeFiles(baseDirectory, {
    'a/1.png': await png(new Array(3).fill(row(5))),
    'b/2.png': await png(new Array(9).fill(row(4))),
  })
  await using source = await openDataSource(
    { kind: 'image-folder', path: '.' },
    {
      preprocess: { range: [0, 255], resize: { shortSide: 4 }, crop: { width: 4, height: 4 }, layout: 'NHWC' },
      baseDirectory,
    },
  )
  const [batch] = await collect(source.batches({ batchSize: 2 }))
  expect(batch?.inputs.input?.dims).toEqual([2, 4, 4, 3])
  expect(batch && valuesOf(batch)).toEqual(new Array(32).fill([200, 100, 50]).flat())
})

test('a random resized crop starts from the file, and comes to the size of the model', async () => {
  const baseDirectory = await temporaryFolder()
  // Only the outermost columns, which the preprocessing cuts off, are bright.
  const row = [255, ...new Array(6).fill(0), 255]
  await writeFiles(baseDirectory, { 'a.png': await png(new Array(4).fill(row)) })
  await using source = await openDataSource(
    { kind: 'image-folder', path: '.' },
    {
      preprocess: { ...raw, resize: { shortSide: 4 }, crop: { width: 4, height: 4 } },
      baseDirectory,
      augment: { randomResizedCrop: { area: [1, 1], aspect: [2, 2] } },
    },
  )
  const shuffle = { seed: 1, epoch: 0 }
  const [plain] = await collect(source.batches({ batchSize: 1, shuffle }))
  expect(plain && valuesOf(plain)).toEqual(new Array(16).fill(0))
  const [batch] = await collect(source.batches({ batchSize: 1, shuffle, augment: true }))
  expect(batch?.inputs.input?.dims).toEqual([1, 1, 4, 4])
  const across = batch ? valuesOf(batch).slice(0, 4) : []
  expect(Math.min(across[0] ?? 0, across[3] ?? 0)).toBeGreaterThan(100)
})

test('an image of another size than the first, or one that does not decode, is named', async () => {
  const baseDirectory = await temporaryFolder()
  const dot = await png([[1]])
  await writeFiles(baseDirectory, {
    'sizes/1.png': dot,
    'sizes/2.png': await png([[1, 2]]),
    'broken/1.png': dot,
    'broken/2.png': 'no',
  })
  const readAll = async (path: string) => {
    await using source = await openDataSource({ kind: 'image-folder', path }, { preprocess: raw, baseDirectory })
    return await collect(source.batches({ batchSize: 2 }))
  }
  expect(await failureOf(readAll('sizes'))).toEqual({
    code: 'DATA_IMAGE_SIZE',
    message: `${join(baseDirectory, 'sizes/2.png')} comes to 2×1 pixels, the first sample to 1×1.`,
    hint: expect.stringMatching(/resize/),
  })
  expect(await failureOf(readAll('broken'))).toMatchObject({
    code: 'DATA_IMAGE',
    message: expect.stringMatching(/broken\/2\.png/),
  })
})

test('an aborted signal ends the iteration with its reason', async () => {
  await using source = await openNumbers()
  const controller = new AbortController()
  const read: Batch[] = []
  const reading = async () => {
    for await (const batch of source.batches({ batchSize: 1, signal: controller.signal })) {
      read.push(batch)
      if (read.length === 2) controller.abort(new Error('enough'))
    }
  }
  await expect(reading()).rejects.toThrow('enough')
  expect(read.length).toBe(2)
  await expect(
    collect(source.batches({ batchSize: 1, signal: AbortSignal.abort(new Error('before')) })),
  ).rejects.toThrow('before')
})

test('a closed source says so', async () => {
  const source = await openNumbers()
  await source[Symbol.asyncDispose]()
  expect(await failureOf(collect(source.batches({ batchSize: 1 })))).toMatchObject({ code: 'DATA_CLOSED' })
})

test.each<[string, unknown, unknown, string, RegExp]>([
  ['an unknown kind', { kind: 'tfrecord' }, raw, 'DATA_DECLARATION', /declaration of the data is not valid/],
  ['an unknown key', { ...idx, image: 'images' }, raw, 'DATA_DECLARATION', /Unrecognized key: "image"/],
  [
    'a preprocessing that does not fit',
    idx,
    { ...raw, mean: [1, 2] },
    'DATA_DECLARATION',
    /preprocessing is not valid: .*grey has 1 channel/,
  ],
  ['missing files', { ...idx, images: 'gone' }, raw, 'DATA_FILE', /gone does not exist/],
  ['a crop larger than the images', idx, { ...raw, crop: { width: 9, height: 9 } }, 'DATA_IMAGE_SIZE', /sample 0 of/],
])('opening refuses %s', async (_, declaration, preprocess, code, message) => {
  const options = { preprocess, baseDirectory: await numberedFiles() }
  const opening = openDataSource(declaration as DataDeclarationInput, options as OpenDataOptions)
  expect(await failureOf(opening)).toEqual({ code, message: expect.stringMatching(message), hint: expect.any(String) })
})

test('batch options that make no sense are refused', async () => {
  await using source = await openNumbers()
  const refused: readonly [BatchOptions, string][] = [
    [{ batchSize: 0 }, 'DATA_BATCH'],
    [{ batchSize: 1.5 }, 'DATA_BATCH'],
    [{ batchSize: 4, limit: -1 }, 'DATA_BATCH'],
    [{ batchSize: 4, skip: -1 }, 'DATA_BATCH'],
    [{ batchSize: 4, skip: 0.5 }, 'DATA_BATCH'],
    [{ batchSize: 4, augment: true }, 'DATA_AUGMENT_SEED'],
  ]
  for (const [options, code] of refused)
    expect(() => source.batches(options)).toThrow(expect.objectContaining({ code }))
})
