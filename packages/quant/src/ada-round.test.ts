import {
  createBuilder,
  type DataSource,
  type Graph,
  type TensorData,
  tensorFloats,
  tensorNumbers,
  tensorOf,
} from '@pare/core-graph'
import { describe, expect, test } from 'vitest'
import { quantizeStatic } from './quantize-static.ts'
import { executor, numbersOf, run, signalToNoise } from './testing/compare.ts'
import { noise } from './testing/noise.ts'

/** One weight of each row is 10 times as large as the others, which leaves these few levels. */
const random = (dims: readonly number[], seed: number, scale: number) => {
  const row = dims.slice(1).reduce((product, size) => product * size, 1)
  const values = Array.from(noise(dims, seed).data, Number)
  return tensorOf(
    'float32',
    dims,
    values.map((value, index) => value * scale * (row > 1 && index % row === 0 ? 10 : 1)),
  )
}

/** Conv → Relu → depthwise Conv → Relu → Conv → Gemm, and a MatMul, with weights of few bits' worth. */
function net(): Graph {
  const b = createBuilder('net')
  const x = b.input('input', 'float32', ['N', 4, 8, 8])
  const first = b.Relu(
    b.Conv(x, b.initializer('w1', random([8, 4, 3, 3], 1, 0.2)), b.initializer('b1', random([8], 2, 0.1))),
  )
  const second = b.Relu(b.Conv(first, b.initializer('w2', random([8, 1, 3, 3], 3, 0.4)), undefined, { group: 8 }))
  const flat = b.Flatten(b.Relu(b.Conv(second, b.initializer('w3', random([6, 8, 1, 1], 4, 0.3)))))
  const hidden = b.Relu(
    b.Gemm(flat, b.initializer('w4', random([5, 96], 5, 0.1)), b.initializer('b4', random([5], 6, 0.1)), { transB: 1 }),
  )
  b.output(b.named(b.MatMul(hidden, b.initializer('w5', random([5, 3], 7, 0.5))), 'y'))
  return b.build()
}

/** Samples that are mixtures of three colours, the same at every place: as with images, what a weight's rounding does, another's can take back. */
function mixtures(count: number, seed: number): TensorData {
  const colours = [1, 2, 3].map(colour => Array.from(noise([4], colour).data, Number))
  const shares = Array.from(noise([count, 3], seed).data, Number)
  const rest = Array.from(noise([count, 256], seed + 1).data, Number)
  const data = Float32Array.from(rest, (value, index) => {
    const sample = Math.floor(index / 256)
    const channel = Math.floor(index / 64) % 4
    return colours.reduce((sum, colour, k) => sum + (shares[sample * 3 + k] ?? 0) * (colour[channel] ?? 0), 0.1 * value)
  })
  return { dataType: 'float32', dims: [count, 4, 8, 8], data }
}

const all = mixtures(256, 5)
const calibration: DataSource = {
  size: 256,
  labelled: false,
  async *batches({ batchSize, limit = 256 }) {
    for (let first = 0; first < Math.min(limit, 256); first += batchSize) {
      const size = Math.min(batchSize, limit - first, 256 - first)
      const data = (all.data as Float32Array).slice(first * 256, (first + size) * 256)
      yield { inputs: { input: { ...all, dims: [size, 4, 8, 8], data } }, labels: undefined, size }
    }
  },
}
const rounding = { adaround: { steps: 300 } }

describe.each([{ perChannel: true }, { perChannel: false }])('perChannel: $perChannel', ({ perChannel }) => {
  const options = { perChannel, weightBits: 7 } as const
  const made = quantizeStatic(net(), { executor, calibration }, { ...options, rounding })

  test('no layer is worse than with rounding to nearest, and all together are better on samples not seen', async () => {
    const { graph, details } = await made
    const layers = details.learnedRoundings ?? []
    expect(layers.map(({ node }) => node)).toEqual(['Conv', 'Conv_1', 'Conv_2', 'Gemm', 'MatMul'])
    expect(new Set(layers.map(({ samples }) => samples))).toEqual(new Set([256]))
    for (const { nearest, learned } of layers) expect(learned).toBeLessThanOrEqual(nearest)
    expect(layers.filter(({ nearest, learned }) => learned < 0.6 * nearest).length).toBeGreaterThanOrEqual(2)
    const feeds = { input: mixtures(64, 999) }
    const { y: wanted } = await run(net(), feeds)
    const quality = async (int8: Graph) => signalToNoise(numbersOf(wanted), numbersOf((await run(int8, feeds)).y))
    const { graph: plain } = await quantizeStatic(net(), { executor, calibration }, options)
    expect(await quality(graph)).toBeGreaterThan(await quality(plain))
  })

  test('each weight is on one of the two levels beside it', async () => {
    const { graph: plain } = await quantizeStatic(net(), { executor, calibration }, options)
    const { graph } = await made
    const float = net()
    for (const name of ['w1', 'w2', 'w3', 'w4', 'w5']) {
      if (perChannel)
        expect(graph.initializers.get(`${name}/q/s`)?.storage).toEqual(plain.initializers.get(`${name}/q/s`)?.storage)
      const [levels, nearest] = [graph, plain].map(({ initializers }) =>
        tensorNumbers(initializers.get(`${name}/q`) ?? tensorOf('int8', [0], [])),
      )
      expect(levels).toHaveLength(tensorFloats(float.initializers.get(name) ?? tensorOf('float32', [0], [])).length)
      for (const [index, level] of (levels ?? []).entries())
        expect(Math.abs(level - (nearest?.[index] ?? 99))).toBeLessThanOrEqual(1)
    }
  })
})

test('the same seed gives the same weights; an abort ends it', async () => {
  const make = async () =>
    [
      ...(
        await quantizeStatic(net(), { executor, calibration, seed: 4 }, { rounding: { adaround: { steps: 20 } } })
      ).graph.initializers.values(),
    ].map(tensorNumbers)
  expect(await make()).toEqual(await make())
  const aborting = new AbortController()
  const progress = () => aborting.abort(new Error('enough'))
  await expect(
    quantizeStatic(net(), { executor, calibration, signal: aborting.signal, progress }, { rounding: 'adaround' }),
  ).rejects.toThrow('enough')
})

test('together with bias correction the means of channels stay those of the float model', async () => {
  const { details } = await quantizeStatic(net(), { executor, calibration }, { rounding, biasCorrection: true })
  expect(details.correctedBiases?.map(({ node }) => node)).toEqual(['Conv', 'Conv_1', 'Conv_2', 'Gemm'])
  for (const { shift } of details.correctedBiases ?? []) expect(shift).toBeLessThan(0.05)
})
