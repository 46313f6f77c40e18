import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DataType } from './data-type.ts'
import { PareError } from './errors.ts'
import { feedsOf, fixedBatchSize, type RunOutput, runBatch } from './feeds.ts'
import type { Graph, Shape } from './graph.ts'
import type { Batch, Session, TensorData } from './ports.ts'
import { elementCount, newTypedArray } from './tensor.ts'

const graphOf = (...inputs: readonly (readonly [name: string, shape: Shape, dataType?: DataType])[]): Graph => ({
  name: 'test',
  inputs: inputs.map(([name, shape, dataType = 'float32']) => ({ name, type: { dataType, shape } })),
  outputs: [],
  nodes: [],
  initializers: new Map(),
  valueInfo: new Map(),
  opsets: new Map([['', 21]]),
  metadata: new Map(),
  functions: [],
})

const tensor = (dims: readonly number[], dataType: DataType = 'float32') => {
  const data = newTypedArray(dataType, elementCount(dims))
  for (let index = 0; index < data.length; index++) data[index] = index
  return { dataType, dims, data }
}

const numbersOf = (given: TensorData | undefined) => (given ? Array.from<number | bigint>(given.data) : [])

const batchOf = (dims: readonly number[], name = 'input'): Batch => ({
  inputs: { [name]: tensor(dims) },
  labels: undefined,
  size: dims[0] ?? 0,
})

/** Gives back what it is fed. */
const echo: Session = {
  inputNames: ['x'],
  outputNames: ['x'],
  run: async feeds => feeds,
  dispose: async () => {},
  [Symbol.asyncDispose]: async () => {},
}

function errorOf(graph: Graph, batch: Batch): PareError {
  try {
    feedsOf(graph, batch)
  } catch (error) {
    if (error instanceof PareError) return error
  }
  throw new Error('No PareError was thrown.')
}

describe('binding', () => {
  test('goes by name, and leaves out what the graph has no input for', () => {
    const batch: Batch = {
      inputs: { a: tensor([2, 1]), b: tensor([2, 3]), c: tensor([2]) },
      labels: undefined,
      size: 2,
    }
    const [feeds] = feedsOf(graphOf(['b', ['N', 3]], ['a', ['N', 1]]), batch)
    expect(feeds?.tensors).toEqual({ a: batch.inputs.a, b: batch.inputs.b })
  })

  test('gives the only tensor to the only input, whatever their names', () => {
    const [feeds] = feedsOf(graphOf(['x', ['N', 3]]), batchOf([2, 3], 'input'))
    expect(feeds?.tensors.x?.dims).toEqual([2, 3])
  })

  test('names the input that finds no tensor, and the tensors there are', () => {
    const error = errorOf(graphOf(['a', ['N']], ['b', ['N']]), batchOf([2], 'a'))
    expect(error.code).toBe('DATA_INPUT')
    expect(error.message).toBe("The model's input b finds no tensor in the data, which has a.")
  })
})

describe('a shape that does not fit names both, and what to change', () => {
  test.each([
    { what: 'layout', model: ['N', 1, 28, 30], data: [5, 28, 30, 1], hint: 'layout: NCHW' },
    { what: 'layout', model: ['N', 28, 30, 1], data: [5, 1, 28, 30], hint: 'layout: NHWC' },
    { what: 'colour', model: ['N', 3, 28, 28], data: [5, 1, 28, 28], hint: 'colour: RGB (or BGR) and layout: NCHW' },
    { what: 'colour', model: ['N', 28, 28, 1], data: [5, 28, 28, 3], hint: 'colour: grey and layout: NHWC' },
    { what: 'size', model: ['N', 3, 224, 192], data: [5, 3, 28, 28], hint: 'resize: { width: 192, height: 224 }' },
    { what: 'channels', model: ['N', 16, 28, 28], data: [5, 3, 28, 28], hint: '16 channels' },
    { what: 'rank', model: ['N', 784], data: [5, 1, 28, 28], hint: 'the shape that the model takes' },
  ])('$what: $model for $data', ({ model, data, hint }) => {
    const error = errorOf(graphOf(['x', model]), batchOf(data))
    expect(error.code).toBe('DATA_SHAPE')
    expect(error.message).toContain(`[${model.join(', ')}]`)
    expect(error.message).toContain(`[${data.join(', ')}]`)
    expect(error.hint).toContain(hint)
  })

  test('a type', () => {
    const error = errorOf(graphOf(['x', ['N', 3], 'uint8']), batchOf([2, 3]))
    expect(error.message).toBe("The model's input x takes uint8 [N, 3], but the data is float32 [2, 3].")
    expect(error.hint).toContain('Cast to uint8')
  })

  test('a batch whose tensor has another number of samples', () => {
    expect(errorOf(graphOf(['x', ['N', 3]]), { ...batchOf([2, 3]), size: 4 }).code).toBe('DATA_SHAPE')
  })

  test('symbols and unknown dimensions take anything', () => {
    expect(feedsOf(graphOf(['x', ['N', null, 'H', 'W']]), batchOf([2, 3, 4, 5]))).toHaveLength(1)
  })
})

describe('a fixed batch size', () => {
  test('is the first dimension, where it is a number', () => {
    expect(fixedBatchSize(graphOf(['x', ['N', 3]]))).toBeUndefined()
    expect(fixedBatchSize(graphOf(['x', [4, 3]]))).toBe(4)
  })

  test('cuts the batch; the last part is filled by its last sample', () => {
    const parts = feedsOf(graphOf(['x', [2, 2]]), batchOf([3, 2]))
    expect(parts.map(({ size, rows }) => [size, rows])).toEqual([
      [2, 2],
      [1, 2],
    ])
    expect(parts.map(({ tensors }) => numbersOf(tensors.x))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 4, 5],
    ])
  })

  test('law: what comes out, joined, is what went in, with its labels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), async (fixed, size) => {
        const batch = { ...batchOf([size, 2]), labels: Int32Array.from({ length: size }, (_, index) => index) }
        const parts: RunOutput[] = []
        for await (const part of runBatch(echo, graphOf(['x', [fixed, 2]]), batch)) parts.push(part)
        expect(parts.flatMap(({ outputs }) => numbersOf(outputs.x))).toEqual(numbersOf(batch.inputs.input))
        expect(parts.flatMap(({ labels }) => Array.from(labels ?? []))).toEqual(Array.from(batch.labels))
      }),
    )
  })
})
