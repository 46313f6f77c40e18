import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder, type Graph, type Shape, type TensorData } from '@pare/core-graph'
import { openDataSource, type PreprocessInput, preprocessSchema } from '@pare/data'
import { createExecutor } from '@pare/runtime'
import { afterAll, describe, expect, test } from 'vitest'
import { adaptPreprocess } from './adapt-preprocess.ts'

const [count, height, width] = [3, 12, 16]
const folder = await mkdtemp(join(tmpdir(), 'pare-adapt-'))
afterAll(() => rm(folder, { recursive: true }))

/** Smooth images: where pixels are rounded between two resizes, sharp ones would differ by more than a byte. */
for (const [name, channels] of [
  ['colour.npy', 3],
  ['grey.npy', 1],
] as const)
  await writeFile(
    join(folder, name),
    npy([count, height, width, channels], index => {
      const pixel = Math.floor(index / channels)
      const [x, y, image] = [pixel % width, Math.floor(pixel / width) % height, Math.floor(pixel / width / height)]
      return Math.round(127 + 120 * Math.sin(0.3 * x + 0.2 * y + 0.5 * (index % channels) + image))
    }),
  )

function npy(dims: readonly number[], byteAt: (index: number) => number): Uint8Array {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${dims.join(', ')}), }`
    .padEnd(117, ' ')
    .concat('\n')
  const size = dims.reduce((product, dim) => product * dim, 1)
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]),
    Buffer.from(header),
    Uint8Array.from({ length: size }, (_, index) => byteAt(index)),
  ])
}

/** Tensors by what they are made of: a thread is started for each. */
const made = new Map<string, Promise<TensorData>>()

/** The images as a preprocessing makes them. */
function preprocessed(images: string, preprocess: PreprocessInput): Promise<TensorData> {
  const key = JSON.stringify([images, preprocess])
  const tensor = made.get(key) ?? preprocessedAnew(images, preprocess)
  made.set(key, tensor)
  return tensor
}

async function preprocessedAnew(images: string, preprocess: PreprocessInput): Promise<TensorData> {
  const type = { dataType: 'float32', shape: ['N', null, null, null] } as const
  await using source = await openDataSource(
    { kind: 'numpy', images },
    { preprocess, baseDirectory: folder, inputs: [{ name: 'x', type }] },
  )
  for await (const { inputs } of source.batches({ batchSize: count })) if (inputs.x) return inputs.x
  throw new Error('There are images.')
}

/** A model that gives back what it takes. */
function mirror(shape: Shape): Graph {
  const b = createBuilder('mirror')
  b.output(b.named(b.Mul(b.input('x', 'float32', shape), b.scalar(1)), 'y'))
  return b.build()
}

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

/** @returns the greatest difference between the adapted tensor and the one preprocessed anew */
async function difference(from: PreprocessInput, to: PreprocessInput, shape: Shape, images = 'colour.npy') {
  const graph = adaptPreprocess(mirror(shape), preprocessSchema.parse(from), preprocessSchema.parse(to))
  const [x, expected] = [await preprocessed(images, from), await preprocessed(images, to)]
  await using session = await createExecutor({ threads: 1 }).open(graph)
  const { y } = await session.run({ x })
  expect(y?.dims).toEqual(expected.dims)
  return Math.max(
    ...Array.from(expected.data as Float32Array, (value, index) => Math.abs(value - Number(y?.data[index]))),
  )
}

describe('a tensor is turned into what the other preprocessing makes of the same image', () => {
  test.each<[string, PreprocessInput, PreprocessInput]>([
    ['range, mean and std', imagenet, { range: [-1, 1] }],
    ['range, mean and std, the other way', { range: [-1, 1] }, imagenet],
    ['order of colours and layout', { layout: 'NHWC', colour: 'BGR' }, imagenet],
    ['order of colours and layout, the other way', imagenet, { layout: 'NHWC', colour: 'BGR' }],
  ])('%s', async (_, from, to) => {
    expect(await difference(from, to, ['N', null, null, null])).toBeLessThan(2e-5)
  })

  test('grey is copied into three channels', async () => {
    expect(await difference({ colour: 'grey' }, imagenet, ['N', 3, height, width], 'grey.npy')).toBeLessThan(2e-5)
  })

  test('grey made of colour differs by the rounding to bytes', async () => {
    const worst = await difference(imagenet, { colour: 'grey', range: [0, 255] }, ['N', 1, height, width])
    expect(worst).toBeLessThan(0.5 + 1e-3)
    expect(worst).toBeGreaterThan(0.1)
  })

  test.each([
    ['bilinear', 24, 40],
    ['bilinear', 5, 7],
    ['bicubic', 6, 8],
    ['nearest', 24, 40],
  ] as const)('size, %s to %d×%d, but for the rounding to bytes', async (kernel, h, w) => {
    const to: PreprocessInput = { resize: { width: w, height: h, kernel }, range: [0, 255] }
    expect(await difference({ range: [-1, 1] }, to, ['N', 3, h, w])).toBeLessThan(kernel === 'nearest' ? 1e-3 : 1.01)
  })
})

test('the same preprocessing adds nothing', () => {
  const same = preprocessSchema.parse({ resize: { width: 16, height: 12 }, ...imagenet })
  expect(adaptPreprocess(mirror(['N', 3, 12, 16]), same, same).nodes.map(({ op }) => op)).toEqual(['Mul'])
})

test('a preprocessing of other channels than the model takes is refused', () => {
  const [rgb, grey] = [preprocessSchema.parse({}), preprocessSchema.parse({ colour: 'grey' })]
  expect(() => adaptPreprocess(mirror(['N', 3, 12, 16]), rgb, grey)).toThrow(
    'A preprocessing of grey in NCHW does not go with',
  )
  expect(() => adaptPreprocess(mirror(['N', 12]), rgb, rgb)).toThrow('x float32 [N, 12]')
})
