import {
  createBuilder,
  type Graph,
  type GraphBuilder,
  simplify,
  tensorFloats,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, test } from 'vitest'
import { equalize } from './equalize.ts'
import { layerWeights, reachOf } from './layer-weights.ts'
import { numbersOf, run, signalToNoise } from './testing/compare.ts'
import { noise } from './testing/noise.ts'

/** Weights whose output channels have very different ranges. */
const uneven = (b: GraphBuilder, name: string, dims: readonly number[], seed: number): Value => {
  const data = Array.from(noise(dims, seed).data, Number)
  const run = data.length / (dims[0] ?? 1)
  return b.initializer(
    name,
    tensorOf(
      'float32',
      dims,
      data.map((value, index) => value * 4 ** (Math.floor(index / run) % 5)),
    ),
  )
}

type Between = (b: GraphBuilder, value: Value) => Value
const between: Readonly<Record<string, Between>> = {
  nothing: (_, value) => value,
  Relu: (b, value) => b.Relu(value),
  LeakyRelu: (b, value) => b.LeakyRelu(value, { alpha: 0.1 }),
  PRelu: (b, value) => b.PRelu(value, b.initializer('slope', tensorOf('float32', [6, 1, 1], noise([6], 9).data))),
  'Relu and MaxPool': (b, value) => b.MaxPool(b.Relu(value), { kernel_shape: [2, 2], strides: [2, 2] }),
}

/** Conv → between → depthwise Conv → Relu → Conv in groups → Relu → ConvTranspose → Flatten → Gemm. */
function chain(middle: Between): Graph {
  const b = createBuilder('chain')
  const bias = (name: string, size: number) =>
    b.initializer(name, tensorOf('float32', [size], noise([size], size).data))
  const x = b.input('x', 'float32', ['N', 3, 8, 8])
  const stem = middle(b, b.Conv(x, uneven(b, 'w1', [6, 3, 3, 3], 1), bias('b1', 6)))
  const depthwise = b.Relu(b.Conv(stem, uneven(b, 'w2', [6, 1, 1, 1], 2), bias('b2', 6), { group: 6 }))
  const grouped = b.Relu(b.Conv(depthwise, uneven(b, 'w3', [4, 3, 1, 1], 3), undefined, { group: 2 }))
  const wider = b.Relu(b.ConvTranspose(grouped, uneven(b, 'w4', [4, 5, 2, 2], 4), bias('b4', 5)))
  const flat = b.Flatten(b.GlobalAveragePool(wider))
  b.output(b.named(b.Gemm(flat, uneven(b, 'w5', [5, 7], 5), bias('b5', 7)), 'y'))
  return b.build()
}

const layersOf = (graph: Graph) => graph.nodes.flatMap(node => layerWeights(graph, node) ?? [])

/** Greatest magnitudes of the weights of each channel, going out of a layer and into it. */
function ranges(graph: Graph, name: string, side: 'out' | 'into'): number[] {
  const layer = layersOf(graph).find(({ node }) => node.name === name)
  if (!layer) throw new Error(`There is no ${name}.`)
  const found = Array<number>(side === 'out' ? layer.outputs : layer.inputs).fill(0)
  for (const [place, reach] of reachOf(graph, layer).entries()) {
    const row = Math.floor(place / layer.columns)
    const channel = side === 'out' ? row : layer.input(row, place % layer.columns)
    found[channel] = Math.max(found[channel] ?? 0, reach)
  }
  return found
}

describe.each(Object.entries(between))('with %s in between', (_, middle) => {
  const graph = chain(middle)
  const { graph: equal, pairs } = equalize(graph)

  test('the outputs stay the same', async () => {
    const feeds = { x: noise([2, 3, 8, 8], 7) }
    const [before, after] = [await run(graph, feeds), await run(equal, feeds)]
    expect(signalToNoise(numbersOf(before.y), numbersOf(after.y))).toBeGreaterThan(110)
  })

  test('each channel leaves a layer as large as it enters the next one', () => {
    expect(pairs).toHaveLength(4)
    for (const { first, second } of pairs) {
      const [out, into] = [ranges(equal, first, 'out'), ranges(equal, second, 'into')]
      for (const [channel, range] of out.entries())
        expect(Math.abs(Math.log(range / (into[channel] ?? 0)))).toBeLessThan(0.05)
    }
  })
})

test('a channel 50 times as large as the others comes down, and back up in the next layer', async () => {
  const b = createBuilder('outlier')
  const x = b.input('x', 'float32', ['N', 2, 4, 4])
  const first = b.Conv(x, b.initializer('w1', tensorOf('float32', [2, 2, 1, 1], [50, 50, 1, 1])))
  b.output(b.named(b.Conv(b.Relu(first), b.initializer('w2', tensorOf('float32', [1, 2, 1, 1], [0.02, 1]))), 'y'))
  const { graph } = equalize(b.build())
  const weights = (name: string) =>
    Array.from(graph.initializers.has(name) ? tensorFloats(graph.initializers.get(name) as never) : [])
  for (const value of [...weights('w1'), ...weights('w2')]) expect(value).toBeCloseTo(1, 5)
})

test('a dead channel is left alone, or its bias would widen the range of the layer', () => {
  const b = createBuilder('dead')
  const x = b.input('x', 'float32', ['N', 1, 4, 4])
  const bias = b.initializer('b1', tensorOf('float32', [3], [1, 0.5, 1]))
  const first = b.Conv(x, b.initializer('w1', tensorOf('float32', [3, 1, 1, 1], [1, 1e-12, 1])), bias)
  b.output(b.named(b.Conv(b.Relu(first), b.initializer('w2', tensorOf('float32', [1, 3, 1, 1], [1, 1, 1]))), 'y'))
  const biases = equalize(b.build()).graph.initializers.get('b1')
  expect(biases && Array.from(tensorFloats(biases))).toEqual([1, 0.5, 1])
})

describe('Clip from 0', () => {
  const clipped = (max: number | undefined) =>
    chain((b, value) => b.Clip(value, b.scalar(0), max === undefined ? undefined : b.scalar(max)))

  test('with a bound is refused, with the reason', () => {
    const { pairs, refusals } = equalize(clipped(6))
    expect(pairs.map(({ first }) => first)).not.toContain('Conv')
    expect(refusals).toEqual([{ node: 'Conv', reason: expect.stringContaining('Clip cuts off at a bound') }])
  })

  test('becomes a Relu when that is asked for', async () => {
    const { graph, pairs, replaced } = equalize(clipped(6), { replaceClip: true })
    expect(pairs).toHaveLength(4)
    expect(replaced).toEqual(['Clip'])
    const feeds = { x: noise([2, 3, 8, 8], 7) }
    const [wanted, got] = [
      await run(
        chain((b, value) => b.Relu(value)),
        feeds,
      ),
      await run(graph, feeds),
    ]
    expect(signalToNoise(numbersOf(wanted.y), numbersOf(got.y))).toBeGreaterThan(110)
  })

  test('without a bound is a Relu', () => {
    expect(equalize(clipped(undefined)).pairs).toHaveLength(4)
  })
})

test('a value that two nodes read, shared weights and channels of zeros are left alone', async () => {
  const b = createBuilder('shared')
  const x = b.input('x', 'float32', ['N', 2, 4, 4])
  const w = b.initializer('w', tensorOf('float32', [2, 2, 1, 1], [1, 2, 3, 4]))
  const once = b.Conv(x, w)
  const twice = b.Conv(once, w)
  const dead = b.Conv(twice, b.initializer('dead', tensorOf('float32', [2, 2, 1, 1], [0, 0, 8, 8])))
  const after = b.Conv(dead, b.initializer('after', tensorOf('float32', [1, 2, 1, 1], [3, 2])))
  b.output(b.named(b.Add(after, b.Conv(after, b.initializer('own', tensorOf('float32', [1, 1, 1, 1], [9])))), 'y'))
  const graph = b.build()
  const { graph: equal, pairs, refusals } = equalize(graph)
  expect(refusals.map(({ node, reason }) => `${node}: ${reason}`)).toEqual([
    'Conv: the weights of Conv are read elsewhere too',
    'Conv_1: the weights of Conv_1 are read elsewhere too',
  ])
  expect(pairs).toEqual([{ first: 'Conv_2', second: 'Conv_3' }])
  expect(ranges(equal, 'Conv_2', 'out')).toEqual([0, 4])
  expect(ranges(equal, 'Conv_3', 'into')).toEqual([3, 4])
})

test('MobileNetV1: each layer is equalized with the next one, and the outputs stay the same', async () => {
  const { graph } = simplify(createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 }))
  const { graph: equal, pairs } = equalize(graph)
  expect(pairs).toHaveLength(27)
  const feeds = { input: noise([4, 1, 28, 28], 3) }
  const [before, after] = [await run(graph, feeds), await run(equal, feeds)]
  expect(signalToNoise(numbersOf(before.logits), numbersOf(after.logits))).toBeGreaterThan(100)
})
