import { mkdir, writeFile } from 'node:fs/promises'
import { createBuilder, createRandom, type Graph } from '@pare/core-graph'
import { readModel, writeModel } from '@pare/runtime'
import { beforeAll, expect, test } from 'vitest'
import { pixelAt, playground, run } from './testing/playground.ts'

playground({ samples: 4 })

const samples = 32
const length = 5

/** A NumPy file. */
function npy(descr: string, dims: readonly number[], data: ArrayBufferView): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims.join(', ')},), }\n`
  const start = Buffer.from('\x93NUMPY\x01\x00..', 'latin1')
  start.writeUInt16LE(header.length, 8)
  return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}

/** A classifier of texts: mean of the embeddings of the words that the mask leaves, then two layers. */
function textModel(): Graph {
  const random = createRandom(7)
  const b = createBuilder('text')
  const weights = (...dims: number[]) =>
    b.constant(
      'float32',
      dims,
      Float32Array.from({ length: dims.reduce((one, other) => one * other) }, () => random() - 0.5),
    )
  const ids = b.input('ids', 'int64', ['N', length])
  const mask = b.input('mask', 'float32', ['N', length])
  const words = b.Mul(b.Gather(weights(20, 16), ids), b.Unsqueeze(mask, b.ints(2)))
  const mean = b.ReduceMean(words, b.ints(1), { keepdims: 0 })
  const hidden = b.Relu(b.Gemm(mean, weights(16, 8), weights(8)))
  b.output(b.named(b.Gemm(hidden, weights(8, 3), weights(3)), 'scores'))
  return b.build()
}

beforeAll(async () => {
  const random = createRandom(1)
  const ids = BigInt64Array.from({ length: samples * length }, () => BigInt(Math.floor(20 * random())))
  const mask = Uint8Array.from({ length: samples * length }, (_, place) => (place % length < 3 ? 1 : 0))
  await mkdir('texts')
  await writeFile('texts/ids.npy', npy('<i8', [samples, length], ids))
  await writeFile('texts/mask.npy', npy('|u1', [samples, length], mask))
  await writeFile(
    'texts/label.npy',
    npy(
      '|u1',
      [samples],
      new Uint8Array(samples).map((_, sample) => sample % 3),
    ),
  )
  await writeModel('text.onnx', textModel())
})

test('a model of two inputs that are no images is measured, quantized and compared', async () => {
  const measured = await run('evaluate', 'text.onnx', '--data', 'texts', '--json')
  expect(measured.err).not.toMatch(/samples looked at|The samples/)
  expect(JSON.parse(measured.out).metrics).toMatchObject({ top1: expect.any(Number) })

  const quantized = await run('quantize', 'text.onnx', '--data', 'texts', '-o', 'text.int8.onnx', '--json')
  expect(quantized).toMatchObject({ code: 0 })
  expect((await readModel('text.int8.onnx')).nodes.map(node => node.op)).toContain('QuantizeLinear')

  const compared = await run('evaluate', 'text.int8.onnx', '--data', 'texts', '--against', 'text.onnx', '--json')
  expect(JSON.parse(compared.out).fidelity.sqnr).toBeGreaterThan(20)
})

test('a recipe names the arrays of the inputs', async () => {
  const arrays = '{ kind: tensors, inputs: { ids: texts/ids.npy, mask: texts/mask.npy }, labels: texts/label.npy }'
  await writeFile(
    'text.yaml',
    `model: text.onnx\ndata:\n  validation: ${arrays}\nstages:\n  - { name: int8, use: [quant.static] }\n`,
  )
  const { code, out } = await run('run', 'text.yaml', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out).fidelity.samples).toBe(samples)
})

test('a model of a table is trained on arrays', async () => {
  const random = createRandom(4)
  const rows = 64
  const features = Float64Array.from({ length: rows * 3 }, () => random() - 0.5)
  const labels = BigInt64Array.from({ length: rows }, (_, row) => ((features.at(3 * row) ?? 0) > 0 ? 1n : 0n))
  await mkdir('table')
  await writeFile('table/x.npy', npy('<f8', [rows, 3], features))
  await writeFile('table/y.npy', npy('<i8', [rows], labels))
  const b = createBuilder('table')
  const weights = (...dims: number[]) =>
    b.constant(
      'float32',
      dims,
      Float32Array.from({ length: dims.reduce((one, other) => one * other) }, () => random() - 0.5),
    )
  const hidden = b.Relu(b.Gemm(b.input('features', 'float32', ['N', 3]), weights(3, 8), weights(8)))
  b.output(b.named(b.Gemm(hidden, weights(8, 2), weights(2)), 'scores'))
  await writeModel('table.onnx', b.build())
  const data = '{ kind: tensors, path: table, labels: y }'
  const stage = '{ name: fit, train: { epochs: 12, batchSize: 8, optimizer: { learningRate: 0.2 } } }'
  await writeFile(
    'table.yaml',
    `model: table.onnx\ndata:\n  train: ${data}\n  validation: ${data}\nstages: [${stage}]\n`,
  )
  const { code, out } = await run('run', 'table.yaml', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out).after.metrics.top1).toBeGreaterThan(0.9)
})

test('samples that cannot be what a model was trained on are told, by a command and by a run', async () => {
  const random = createRandom(9)
  await mkdir('scaled')
  await writeFile('scaled/x.npy', npy('<f4', [samples, 2], Float32Array.from({ length: 2 * samples }, random)))
  await writeFile('scaled/y.npy', npy('|u1', [samples], new Uint8Array(samples)))
  const b = createBuilder('scaled')
  const vector = (...values: number[]) => b.constant('float32', [2], values)
  // It learned features with a mean of 400 and a standard deviation of 100.
  const x = b.input('x', 'float32', ['N', 2])
  const scaled = b.BatchNormalization(x, vector(1, 1), vector(0, 0), vector(400, 400), vector(1e4, 1e4))
  b.output(b.named(b.Gemm(scaled, b.constant('float32', [2, 2], [1, 0, 0, 1])), 'scores'))
  await writeModel('scaled.onnx', b.build())
  const message = /are not what the model was trained on: .*Look at how the features were scaled/
  expect((await run('evaluate', 'scaled.onnx', '--data', 'scaled')).err).toMatch(message)
  expect((await run('quantize', 'scaled.onnx', '--data', 'scaled')).err).toMatch(message)
})

test.each<[string, readonly string[], RegExp]>([
  [
    'arrays under other names',
    ['--data', 'texts', '--inputs', 'ids=words', 'mask=mask'],
    /no array of numbers named words/,
  ],
  ['an assignment that says nothing', ['--data', 'texts', '--inputs', 'ids'], /--inputs ids=… mask=…/],
  ['preprocessing of tensors', ['--data', 'texts', '--preprocess', 'preprocess.yaml'], /tensors are fed as they are/],
  ['a single array for two inputs', ['--data', 'texts/ids.npy'], /input mask finds no array/],
  [
    'arrays for images',
    ['--data', 'images', '--inputs', 'ids=x', 'mask=y'],
    /--inputs is given, but images takes none/,
  ],
])('%s is told', async (_, args, message) => {
  const { code, err } = await run('evaluate', 'text.onnx', ...args)
  expect(code).toBe(2)
  expect(err).toMatch(message)
})

test('an array of bytes is images for a model of images, with the preprocessing told', async () => {
  const pixels = new Uint8Array(4 * 16 * 16).map((_, place) => pixelAt(place))
  await writeFile('pixels.npy', npy('|u1', [4, 16, 16], pixels))
  await writeFile('classes.npy', npy('|u1', [4], Uint8Array.of(0, 1, 2, 3)))
  const arrays = await run('evaluate', 'model.onnx', '--data', 'pixels.npy', '--labels', 'classes.npy', '--json')
  expect(arrays.err).toContain('No --preprocess is given')
  const idx = await run('evaluate', 'model.onnx', '--data', 'images', '--labels', 'labels', '--json')
  expect(arrays.out).toBe(idx.out)
})
