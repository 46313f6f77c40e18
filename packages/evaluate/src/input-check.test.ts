import {
  createBuilder,
  createRandom,
  type DataSource,
  type Graph,
  randomNormal,
  runBatch,
  type TensorData,
  withOutputs,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { channelSums } from './input-check/channel-statistics.ts'
import { checkInputs } from './input-check.ts'

const executor = createExecutor({ threads: 1 })
const size = 12
const count = 32

/** Pixels from 0 to 1: patches of a colour each, with more red than blue; some of them black, some white. */
function pixels(): Float32Array {
  const random = createRandom(5)
  const data = new Float32Array(count * 3 * size * size)
  for (let sample = 0; sample < count; sample++) {
    const [edge, light, tint] = [Math.floor(size * random()), random(), 0.5 * random()]
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
          const value = x < edge ? light : light * (1 - tint * channel) + 0.2 * (random() - 0.5)
          data[((sample * 3 + channel) * size + y) * size + x] =
            sample === 0 ? x / (size - 1) : Math.min(1, Math.max(0, value))
        }
  }
  return data
}

const unit = pixels()
const changed = (map: (value: number, channel: number) => number): Float32Array =>
  unit.map((value, place) => map(value, Math.floor(place / (size * size)) % 3))

function sourceOf(data: Float32Array, samples = count): DataSource {
  const length = 3 * size * size
  return {
    size: samples,
    labelled: false,
    async *batches({ batchSize, limit = samples }) {
      for (let first = 0; first < Math.min(limit, samples); first += batchSize) {
        const rows = Math.min(batchSize, samples - first)
        const image = data.subarray(first * length, (first + rows) * length)
        yield {
          inputs: { image: { dataType: 'float32', dims: [rows, 3, size, size], data: image } },
          labels: undefined,
          size: rows,
        }
      }
    },
  }
}

interface Statistics {
  readonly mean: readonly number[]
  readonly variance: readonly number[]
}

function model(statistics: Statistics | 'none'): Graph {
  const b = createBuilder('net')
  const image = b.input('image', 'float32', ['N', 3, size, size])
  const weights = Float32Array.from({ length: 16 * 27 }, () => 0)
  const random = createRandom(2)
  for (const place of weights.keys()) weights[place] = randomNormal(random) / 5
  const vector = (values: readonly number[]) => b.constant('float32', [16], values)
  const convolved = b.named(b.Conv(image, b.constant('float32', [16, 3, 3, 3], weights)), 'convolved')
  const ones = new Array(16).fill(1)
  const normal =
    statistics === 'none'
      ? convolved
      : b.BatchNormalization(
          convolved,
          vector(ones),
          vector(ones),
          vector(statistics.mean),
          vector(statistics.variance),
        )
  b.output(b.named(b.Relu(normal), 'y'))
  return b.build()
}

/** The model as it would be after training on these samples: its BatchNormalization knows their statistics. */
async function trainedOn(data: Float32Array): Promise<Graph> {
  const graph = withOutputs(model('none'), ['convolved'])
  const sums = channelSums(16, 1)
  await using session = await executor.open(graph)
  for await (const batch of sourceOf(data).batches({ batchSize: 8 }))
    for await (const { outputs } of runBatch(session, graph, batch)) sums.add(outputs.convolved as TensorData)
  return model(sums.result())
}

const mean = [0.485, 0.456, 0.406]
const deviation = [0.229, 0.224, 0.225]
const normalized = changed((value, channel) => (value - (mean[channel] ?? 0)) / (deviation[channel] ?? 1))
const exchanged = unit.map((_, place) => {
  const channel = Math.floor(place / (size * size)) % 3
  return unit[place + (2 - 2 * channel) * size * size] ?? 0
})

test.each<[string, Float32Array]>([
  ['0 to 1', unit],
  ['0 to 255', changed(value => 255 * value)],
  ['mean and std', normalized],
  ['exchanged colours', exchanged],
])('samples as in training are not warned of: %s', async (_, data) => {
  expect(await checkInputs(await trainedOn(data), { executor, source: sourceOf(data) })).toEqual([])
})

test.each<[string, Float32Array, Float32Array, RegExp]>([
  [
    '0 to 255 in place of 0 to 1',
    unit,
    changed(value => 255 * value),
    /spread is 25\d times.*values from 0 to 1: range: \[0, 1\]/,
  ],
  ['0 to 1 in place of 0 to 255', changed(value => 255 * value), unit, /values from 0 to 255/],
  ['0 to 1 in place of -1 to 1', changed(value => 2 * value - 1), unit, /values from -1 to 1/],
  ['no mean and std', normalized, unit, /first BatchNormalization \(.*\) reads/],
  ['needless mean and std', unit, normalized, /values from 0 to 1/],
  ['red and blue exchanged', unit, exchanged, /red and blue exchanged: colour/],
])('what is wrong is named: %s', async (_, trained, given, message) => {
  const warnings = await checkInputs(await trainedOn(trained), { executor, source: sourceOf(given) })
  expect(warnings).toEqual([expect.stringMatching(message)])
})

const ones = new Array(16).fill(1)
const zeros = new Array(16).fill(0)

test('a model that was never trained is not judged by its BatchNormalization', async () => {
  const untrained = model({ mean: zeros, variance: ones })
  expect(await checkInputs(untrained, { executor, source: sourceOf(normalized) })).toEqual([])
})

test('features of a table that were not scaled are told, without a word of images', async () => {
  const random = createRandom(3)
  const data = Float32Array.from(
    { length: count * 2 },
    (_, place) => (place % 2 ? 1000 : 40) + 10 * randomNormal(random),
  )
  const source: DataSource = {
    size: count,
    labelled: false,
    async *batches() {
      yield { inputs: { x: { dataType: 'float32', dims: [count, 2], data } }, labels: undefined, size: count }
    },
  }
  const b = createBuilder('table')
  const x = b.input('x', 'float32', ['N', 2])
  const vector = (...values: number[]) => b.constant('float32', [2], values)
  const scaled = b.BatchNormalization(x, vector(1, 1), vector(0, 0), vector(0, 0), vector(1.01, 0.99))
  b.output(b.named(b.Relu(scaled), 'y'))
  const [warning] = await checkInputs(b.build(), { executor, source })
  expect(warning).toMatch(/every feature had the mean 0/)
  expect(warning).not.toMatch(/RGB|range/)
})

test('without BatchNormalization, pixels up to 255 are told as a guess', async () => {
  const raw = changed(value => 255 * value)
  expect(await checkInputs(model('none'), { executor, source: sourceOf(raw) })).toEqual([
    expect.stringMatching(/a guess.*between 0 and 255/),
  ])
  expect(await checkInputs(model('none'), { executor, source: sourceOf(unit) })).toEqual([])

  const b = createBuilder('normalizes itself')
  const image = b.input('image', 'float32', ['N', 3, size, size])
  b.output(b.named(b.Div(image, b.scalar(255)), 'y'))
  expect(await checkInputs(b.build(), { executor, source: sourceOf(raw) })).toEqual([])
})

test('a quantizer at the input tells what it was calibrated for', async () => {
  const b = createBuilder('int8')
  const image = b.input('image', 'float32', ['N', 3, size, size])
  const [scale, zero] = [b.scalar(1 / 255), b.constant('uint8', [], [0])]
  b.output(b.named(b.DequantizeLinear(b.QuantizeLinear(image, scale, zero), scale, zero), 'y'))
  const warningsOf = (data: Float32Array) => checkInputs(b.build(), { executor, source: sourceOf(data) })
  expect(await warningsOf(unit)).toEqual([])
  expect(await warningsOf(changed(value => 255 * value))).toEqual([
    expect.stringMatching(/between 0 and 255, but its quantizer .* takes 0 to 1/),
  ])
  expect(await warningsOf(changed(value => value / 255))).toEqual([expect.stringMatching(/quantizer/)])
})

test.each<[string, Float32Array, RegExp]>([
  ['NaN', unit.map((value, place) => (place === 7 ? Number.NaN : value)), /no finite numbers/],
  ['one value', unit.map(() => 0.5), /All values of the samples are 0\.5/],
  [
    'one sample again and again',
    unit.map((_, place) => unit[place % (3 * size * size)] ?? 0),
    /All 32 samples looked at are the same/,
  ],
])('broken samples are told of any model: %s', async (_, data, message) => {
  expect(await checkInputs(model('none'), { executor, source: sourceOf(data) })).toEqual([
    expect.stringMatching(message),
  ])
})

test('a BatchNormalization behind 12,000 nodes is reached', async () => {
  const b = createBuilder('deep')
  let value = b.input('x', 'float32', ['N', 1])
  for (let layer = 0; layer < 12_000; layer++) value = b.Relu(value)
  const one = (number: number) => b.constant('float32', [1], [number])
  b.output(b.named(b.BatchNormalization(value, one(1), one(0), one(0.5), one(0.1)), 'y'))
  const data = Float32Array.from({ length: count }, (_, place) => 1000 * place)
  const source: DataSource = {
    size: count,
    labelled: false,
    async *batches() {
      yield { inputs: { x: { dataType: 'float32', dims: [count, 1], data } }, labels: undefined, size: count }
    },
  }
  expect(await checkInputs(b.build(), { executor, source })).toEqual([
    expect.stringMatching(/first BatchNormalization/),
  ])
})

test('a model that cannot be upgraded is not judged, which is told', async () => {
  const b = createBuilder('spectrum')
  b.output(b.named(b.Relu(b.input('image', 'float32', ['N', 3, size, size])), 'y'))
  const graph = b.build()
  const nodes = graph.nodes.map(node => ({ ...node, op: 'DFT' }))
  const old: Graph = { ...graph, nodes, opsets: new Map([['', 17]]) }
  expect(await checkInputs(old, { executor, source: sourceOf(unit) })).toEqual([
    expect.stringMatching(/was not looked at: .*DFT/),
  ])
})
