import type { DataType, Dimension } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { augmentSchema } from './augment.ts'
import { openBatchMaker } from './batch-maker.ts'
import { openDataSource } from './data-source.ts'
import { type DataDeclarationInput, dataDeclarationSchema } from './declaration.ts'
import { preprocessSchema } from './preprocess.ts'
import type { ModelInput } from './reader.ts'
import { collect, failureOf, fixture, npyBytes, temporaryFolder, writeFiles } from './testing/files.ts'

const input = (name: string, dataType: DataType, ...shape: Dimension[]): ModelInput => ({
  name,
  type: { dataType, shape },
})

/** A model of text: class of a row of two ids, of which the mask says which are there. */
const textModel = [input('ids', 'int64', 'N', 2), input('mask', 'bool', 'N', 2)]

type Declaration = Omit<Extract<DataDeclarationInput, { kind: 'tensors' }>, 'kind'>

/** In this thread: to start another takes longer than all that is tested here. */
const open = (declaration: Declaration, inputs: readonly ModelInput[] = textModel, baseDirectory = fixture('numpy')) =>
  openBatchMaker({
    declaration: dataDeclarationSchema.parse({ kind: 'tensors', ...declaration }),
    baseDirectory,
    preprocess: preprocessSchema.parse({}),
    augment: augmentSchema.parse({}),
    inputs,
  })

const firstInputs = async (...of: Parameters<typeof open>) =>
  (await (await open(...of)).make({ places: Uint32Array.of(0, 1), augment: undefined })).inputs

test.each(['stored.npz', 'compressed.npz'])('arrays named like the inputs of the model, and labels: %s', async path => {
  const { facts, make } = await open({ path, labels: 'labels' })
  const { inputs } = await make({ places: Uint32Array.of(0, 1), augment: undefined })
  expect(inputs).toEqual({
    ids: { dataType: 'int64', dims: [2, 2], data: BigInt64Array.of(0n, 1n, 10n, 11n) },
    mask: { dataType: 'bool', dims: [2, 2], data: Uint8Array.of(1, 1, 1, 1) },
  })
  expect(facts).toMatchObject({ size: 3, labels: Int32Array.of(0, 1, 1) })
})

test('arrays under other names, as .npy files, are converted to what the model takes', async () => {
  const inputs = await firstInputs({ inputs: { ids: 'u1.npy', mask: 'b1.npy' } })
  expect(inputs.ids?.data).toEqual(BigInt64Array.of(0n, 1n, 10n, 11n))
  const floats = [input('x', 'float32', 'N', 2)]
  for (const file of ['f2', 'f4', 'f8', 'i8', 'u2', 'big-endian-f8'])
    expect(await firstInputs({ inputs: `${file}.npy` }, floats)).toEqual({
      x: { dataType: 'float32', dims: [2, 2], data: Float32Array.of(0, 1, 10, 11) },
    })
})

test('the only array goes to the only input; without a model, arrays keep their names and types', async () => {
  const inputs = await firstInputs({ path: '../parquet/numbers.parquet', inputs: 'ids' }, [
    input('tokens', 'int32', null, 3),
  ])
  expect(inputs.tokens).toEqual({ dataType: 'int32', dims: [2, 3], data: Int32Array.of(0, 1, 2, 10, 11, 12) })
  expect(Object.keys(await firstInputs({ path: 'stored.npz', labels: 'labels' }, []))).toEqual(['ids', 'mask'])
})

test('a shuffle brings rows and labels in one order, and a subset is of both', async () => {
  await using source = await openDataSource(
    { kind: 'tensors', path: '../parquet/numbers.parquet', inputs: 'age', labels: 'label', subset: { skip: 2 } },
    { preprocess: {}, baseDirectory: fixture('numpy'), inputs: [input('n', 'int64', 'N')] },
  )
  expect(source).toMatchObject({ size: 5, labelled: true, inputs: { n: { dataType: 'int64', dims: [] } } })
  const batches = await collect(source.batches({ batchSize: 2, shuffle: { seed: 3, epoch: 0 } }))
  const numbers = batches.flatMap(({ inputs }) => Array.from((inputs.n?.data ?? []) as BigInt64Array, Number))
  expect(numbers).not.toEqual([2, 3, 4, 5, 6])
  expect([...numbers].sort()).toEqual([2, 3, 4, 5, 6])
  expect(batches.flatMap(({ labels }) => [...(labels ?? [])])).toEqual(numbers.map(n => n % 3))
})

test.each<[string, Parameters<typeof open>[0], readonly ModelInput[], string, RegExp, RegExp]>([
  [
    'nothing that is named like an input',
    { path: 'stored.npz' },
    [input('tokens', 'int64', 'N', 2), input('mask', 'bool', 'N', 2)],
    'DATA_INPUT',
    /no array named tokens, which the model takes; it has ids, mask, labels/,
    /\{ tokens: ids, mask: mask \}; .* --inputs tokens=ids mask=mask/,
  ],
  [
    'an input that the model lacks',
    { inputs: { idz: 'i8.npy' } },
    textModel,
    'DATA_INPUT',
    /names an input idz/,
    /inputs are ids, mask/,
  ],
  [
    'an input without an array',
    { inputs: { ids: 'i8.npy' } },
    textModel,
    'DATA_INPUT',
    /input mask finds no array/,
    /ids, mask/,
  ],
  [
    'another shape',
    { inputs: 'i8.npy' },
    [input('x', 'float32', 'N', 3)],
    'DATA_SHAPE',
    /input x takes float32 \[N, 3\], but .*i8\.npy is int64 \[3, 2\]/,
    /pad, cut or transpose/,
  ],
  [
    'another rank',
    { inputs: 'i8.npy' },
    [input('x', 'int64', 'N', 1, 2)],
    'DATA_SHAPE',
    /\[N, 1, 2\], but .* \[3, 2\]/,
    /3 axes/,
  ],
  [
    'floats for integers',
    { inputs: 'f4.npy' },
    [input('x', 'int64', 'N', 2)],
    'DATA_TYPE',
    /takes int64, but .*f4\.npy is float32/,
    /astype\(np\.int64\)/,
  ],
  [
    'a type that no array has',
    { inputs: 'f4.npy' },
    [input('x', 'bfloat16', 'N', 2)],
    'DATA_TYPE',
    /takes bfloat16, but .*f4\.npy is float32/,
    /a Cast before this input/,
  ],
  [
    'an array that is not there',
    { path: 'stored.npz', inputs: { ids: 'ids', mask: 'masks' } },
    textModel,
    'DATA_ARRAY',
    /no array of numbers named masks/,
    /ids, mask, labels/,
  ],
  [
    'labels of another shape',
    { path: 'stored.npz', inputs: { ids: 'ids', mask: 'mask' }, labels: 'ids' },
    textModel,
    'DATA_LABEL',
    /shape \[3, 2\]/,
    /argmax/,
  ],
  [
    'labels beyond the classes',
    { path: 'stored.npz', labels: 'labels', classes: 1 },
    textModel,
    'DATA_LABEL',
    /sample 1 of ids of .*stored\.npz is 1/,
    /number of classes/,
  ],
  ['no file of arrays', { path: 'i8.npy' }, textModel, 'DATA_FORMAT', /neither an \.npz/, /np\.savez/],
])('%s is told', async (_, declaration, inputs, code, message, hint) => {
  expect(await failureOf(open(declaration, inputs))).toEqual({
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })
})

test('arrays of different numbers of samples, and a number that the type cannot hold, are told', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'a.npy': npyBytes('|u1', [2], [7, 200]), 'b.npy': npyBytes('|u1', [3], [1, 2, 3]) })
  const two = [input('a', 'uint8', 'N'), input('b', 'uint8', 'N')]
  expect(await failureOf(open({ path: '.' }, two, folder))).toMatchObject({
    code: 'DATA_SAMPLE_COUNT',
    message: expect.stringMatching(/b\.npy has 3 samples, but .*a\.npy has 2/),
  })
  expect(await failureOf(firstInputs({ inputs: 'a.npy' }, [input('a', 'int8', 'N')], folder))).toMatchObject({
    code: 'DATA_TYPE',
    message: expect.stringMatching(/holds 200, which is no int8/),
  })
})

test('tensors are not changed at random as images are', async () => {
  await using source = await openDataSource(
    { kind: 'tensors', path: 'stored.npz', labels: 'labels' },
    { preprocess: {}, baseDirectory: fixture('numpy'), inputs: textModel, augment: { horizontalFlip: true } },
  )
  const options = { batchSize: 2, augment: true, shuffle: { seed: 0, epoch: 0 } }
  expect(await failureOf(collect(source.batches(options)))).toMatchObject({ code: 'DATA_AUGMENT' })
})
