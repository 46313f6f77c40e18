import { chmod } from 'node:fs/promises'
import type { DataType } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { declareArrays } from './declare-arrays.ts'
import type { ModelInput } from './reader.ts'
import { failureOf, fixture, npyBytes, temporaryFolder, writeFiles } from './testing/files.ts'

const input = (name: string, dataType: DataType, rank: number): ModelInput => ({
  name,
  type: { dataType, shape: new Array(rank).fill(null) },
})
const image = [input('x', 'float32', 4)]
const text = [input('ids', 'int64', 2), input('mask', 'bool', 2)]

test('what arrays are for a model: images, or tensors', async () => {
  const bytes = fixture('numpy/u1.npy')
  expect(await declareArrays(bytes, { inputs: image })).toEqual({ kind: 'tensors', inputs: bytes })

  const folder = await temporaryFolder()
  await writeFiles(folder, {
    'pixels.npy': npyBytes('|u1', [1, 2, 2], [1, 2, 3, 4]),
    'y.npy': npyBytes('|u1', [1], [0]),
  })
  const pixels = `${folder}/pixels.npy`
  expect(await declareArrays(pixels, { inputs: image, labels: 'y.npy' })).toEqual({
    kind: 'numpy',
    images: pixels,
    labels: 'y.npy',
  })
  expect(await declareArrays(pixels, { inputs: [input('x', 'uint8', 4)] })).toEqual({ kind: 'tensors', inputs: pixels })
  expect(await declareArrays(folder, { inputs: image })).toEqual({
    kind: 'numpy',
    path: folder,
    images: 'pixels',
    labels: 'y',
  })
})

test('bytes of another shape than images have are tensors, also for a model of four axes', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'x.npy': npyBytes('|u1', [1, 5, 2, 2], new Array(20).fill(1)) })
  const path = `${folder}/x.npy`
  expect(await declareArrays(path, { inputs: image })).toEqual({ kind: 'tensors', inputs: path })
})

test('an .npz is tensors by name, with its labels', async () => {
  const path = fixture('numpy/stored.npz')
  expect(await declareArrays(path, { inputs: text })).toEqual({ kind: 'tensors', path, labels: 'labels' })
  const arrays = { ids: 'a', mask: 'b' }
  expect(await declareArrays(path, { inputs: text, arrays, labels: 'c' })).toEqual({
    kind: 'tensors',
    path,
    inputs: arrays,
    labels: 'c',
  })
})

test('Parquet is images where it has a column of them and the model one input, else tensors', async () => {
  const path = fixture('parquet/plain-binary.parquet')
  expect(await declareArrays(path, { inputs: image, labels: 'kind' })).toEqual({
    kind: 'parquet',
    path,
    image: 'png',
    label: 'kind',
  })
  const numbers = fixture('parquet/numbers.parquet')
  expect(await declareArrays(numbers, { inputs: image })).toEqual({ kind: 'tensors', path: numbers, labels: 'label' })
})

test('anything else is none of its business', async () => {
  expect(await declareArrays(fixture('make-fixtures.py'), { inputs: image })).toBeUndefined()
  expect(await declareArrays('nowhere', { inputs: image })).toBeUndefined()
})

// Root may read everything.
test.skipIf(process.getuid?.() === 0)('a folder that may not be read is told', async () => {
  const folder = await temporaryFolder()
  await chmod(folder, 0)
  expect(await failureOf(declareArrays(folder, { inputs: image }))).toMatchObject({
    code: 'DATA_FILE',
    message: expect.stringMatching(/may not be read by you/),
  })
})
