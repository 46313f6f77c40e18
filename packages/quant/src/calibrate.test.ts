import { createBuilder, type DataSource, type Executor, type Graph } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { type CalibrationOptions, calibrate } from './calibrate.ts'
import { observers } from './observers/registry.ts'

const executor = createExecutor({ threads: 1 })

/** y = x · 2 − 1 for rows of two numbers. */
function doubling(batch: number | string = 'N'): Graph {
  const b = createBuilder('doubling')
  const x = b.input('x', 'float32', [batch, 2])
  b.output(b.named(b.Sub(b.Mul(x, b.scalar(2)), b.scalar(1)), 'y'))
  return b.build()
}

function rows(...values: readonly (readonly [number, number])[]): DataSource {
  return {
    size: values.length,
    labelled: false,
    async *batches({ batchSize, limit = values.length }) {
      const used = values.slice(0, limit)
      for (let first = 0; first < used.length; first += batchSize) {
        const part = used.slice(first, first + batchSize)
        const x = { dataType: 'float32' as const, dims: [part.length, 2], data: Float32Array.from(part.flat()) }
        yield { inputs: { x }, labels: undefined, size: part.length }
      }
    },
  }
}

const options: CalibrationOptions = {
  values: ['x', 'Mul:0', 'y'],
  observers: [{ observer: observers['min-max'] }],
  activations: { dataType: 'uint8', symmetric: false },
  samples: 100,
  batchSize: 2,
  seed: 0,
}

test('one run over the data serves all observers and values, inputs of the model too', async () => {
  const [minMax, average] = await calibrate(doubling(), executor, rows([0, 1], [2, 3], [-4, 5]), {
    ...options,
    observers: [{ observer: observers['min-max'] }, { observer: observers['moving-average'], options: { rate: 0 } }],
  })
  expect(minMax).toEqual(
    new Map([
      ['x', { low: -4, high: 5 }],
      ['Mul:0', { low: -8, high: 10 }],
      ['y', { low: -9, high: 9 }],
    ]),
  )
  // With rate 0 the last batch alone counts.
  expect(average?.get('y')).toEqual({ low: -9, high: 9 })
})

test('no more samples than asked for are used, and progress counts them', async () => {
  const seen: number[] = []
  const [ranges] = await calibrate(doubling(), executor, rows([0, 1], [2, 3], [-4, 5], [9, 9]), {
    ...options,
    samples: 3,
    progress: ({ done, total }) => seen.push(done, total ?? -1),
  })
  expect(ranges?.get('x')).toEqual({ low: -4, high: 5 })
  expect(seen).toEqual([2, 3, 3, 3])
})

test('a model with a batch size of its own is fed so many samples at a time', async () => {
  const [ranges] = await calibrate(doubling(1), executor, rows([0, 1], [2, 3], [-4, 5]), options)
  expect(ranges?.get('y')).toEqual({ low: -9, high: 9 })
})

test('samples come from a shuffle by the seed', async () => {
  const asked: unknown[] = []
  const source = rows([0, 1])
  const asking: DataSource = {
    ...source,
    batches: batchOptions => {
      asked.push(batchOptions)
      return source.batches(batchOptions)
    },
  }
  const first = { batchSize: 1, limit: 1 }
  await calibrate(doubling(), executor, asking, { ...options, seed: 7 })
  expect(asked.splice(0)).toEqual([first, { batchSize: 2, limit: 100, shuffle: { seed: 7, epoch: 0 } }])
  await calibrate(doubling(), executor, { ...asking, shuffles: false }, options)
  expect(asked).toEqual([first, { batchSize: 2, limit: 100 }])
})

test('a batch in which a value holds nothing, such as no regions of an image, tells nothing of it', async () => {
  const b = createBuilder('regions')
  const x = b.input('x', 'float32', ['N', 2])
  const column = b.Squeeze(b.Slice(x, b.ints(0), b.ints(1), b.ints(1)), b.ints(1))
  const found = b.Squeeze(b.NonZero(b.Greater(column, b.scalar(0))), b.ints(0))
  b.output(b.named(b.Relu(b.named(b.Gather(x, found), 'regions')), 'y'))
  const values = ['regions', 'y']
  for (const needs of ['min-max', 'percentile'] as const) {
    const observing = { ...options, values, batchSize: 1, observers: [{ observer: observers[needs] }] }
    const [ranges] = await calibrate(b.build(), executor, rows([-1, 9], [2, 3], [-4, 5]), observing)
    expect(ranges?.get('regions')?.high).toBeCloseTo(3, 5)
    const [none] = await calibrate(b.build(), executor, rows([-1, 9]), observing)
    expect(none?.get('regions')).toEqual({ low: 0, high: 0 })
  }
})

test('batches are as small as the memory for their values asks', async () => {
  const b = createBuilder('wide')
  const x = b.input('x', 'float32', ['N', 2])
  // 5 MB a sample.
  b.output(
    b.named(b.Expand(b.Unsqueeze(x, b.constant('int64', [1], [2])), b.constant('int64', [3], [1, 1, 625_000])), 'y'),
  )
  const sizes: number[] = []
  await calibrate(b.build(), executor, rows([0, 1], [2, 3], [4, 5], [6, 7]), {
    ...options,
    values: ['y'],
    batchSize: 32,
    progress: ({ done }) => sizes.push(done),
  })
  expect(sizes).toEqual([3, 4])
})

describe('errors', () => {
  test('NaN names the value and points at the preprocessing', async () => {
    await expect(calibrate(doubling(), executor, rows([0, Number.NaN]), options)).rejects.toMatchObject({
      code: 'DATA_NOT_FINITE',
      message: 'Calibration met NaN in the value x.',
      hint: expect.stringContaining('preprocessing'),
    })
    await expect(calibrate(doubling(), executor, rows([3e38, 0]), options)).rejects.toMatchObject({
      message: 'Calibration met Infinity in the value Mul:0.',
    })
  })

  test('NaN that the model makes itself is found where it comes out', async () => {
    const b = createBuilder('root')
    b.output(b.named(b.Sqrt(b.input('x', 'float32', ['N', 2])), 'y'))
    await expect(calibrate(b.build(), executor, rows([4, -4]), { ...options, values: ['x'] })).rejects.toMatchObject({
      code: 'DATA_NOT_FINITE',
      message: 'Calibration met NaN in the value y.',
    })
  })

  test('NaN is found where the model ends in classes, which hide it', async () => {
    const b = createBuilder('classes')
    const root = b.named(b.Sqrt(b.input('x', 'float32', ['N', 2])), 'root')
    b.output(b.named(b.ArgMax(root, { axis: 1 }), 'class'))
    await expect(
      calibrate(b.build(), executor, rows([4, -4]), { ...options, values: ['x', 'root'] }),
    ).rejects.toMatchObject({ message: 'Calibration met NaN in the value root.' })
  })

  test('no samples', async () => {
    await expect(calibrate(doubling(), executor, rows(), options)).rejects.toMatchObject({ code: 'DATA_EMPTY' })
  })

  test('an aborted run ends at once and frees its session', async () => {
    const open: string[] = []
    const watching: Executor = {
      open: async (graph, sessionOptions) => {
        const session = await executor.open(graph, sessionOptions)
        open.push('opened')
        const dispose = async () => {
          open.push('closed')
          await session.dispose()
        }
        return { ...session, dispose, [Symbol.asyncDispose]: dispose }
      },
    }
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(calibrate(doubling(), watching, rows([0, 1]), { ...options, signal })).rejects.toThrow('stopped')
    expect(open.splice(0)).toEqual(['opened', 'closed'])
    // While the ranges are being chosen, too.
    const cancel = new AbortController()
    const late = { ...options, signal: cancel.signal, progress: () => cancel.abort(new Error('late')) }
    await expect(calibrate(doubling(), watching, rows([0, 1]), late)).rejects.toThrow('late')
    expect(open).toEqual(['opened', 'closed'])
  })
})
