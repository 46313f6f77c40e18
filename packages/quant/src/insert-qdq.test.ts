import {
  createBuilder,
  type Graph,
  type GraphBuilder,
  type Node,
  tensorNumbers,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { optimizedGraph } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { insertQdq, type Ranges } from './insert-qdq.ts'
import { type PlanOptions, planQuantization, usualQuantization } from './plan.ts'
import { numbersOf, run, signalToNoise } from './testing/compare.ts'
import { noise } from './testing/noise.ts'

const weights = (b: GraphBuilder, name: string, dims: readonly number[]) =>
  b.initializer(name, tensorOf('float32', dims, noise(dims, 1).data))
const conv = (b: GraphBuilder, x: Value, w: Value | string = 'w') =>
  b.Conv(x, typeof w === 'string' ? weights(b, w, [4, 4, 1, 1]) : w)

function netOf(build: (b: GraphBuilder, x: Value) => readonly Value[]): Graph {
  const b = createBuilder('net')
  for (const [index, value] of build(b, b.input('x', 'float32', ['N', 4, 6, 6])).entries())
    b.output(b.named(value, `y${index}`))
  return b.build()
}

/** Quantizes with the same range, wide enough, for every value. */
function quantized(graph: Graph, options: PlanOptions = {}): Graph {
  const plan = planQuantization(graph, options)
  const names = plan.groups.flatMap(group => group.observed)
  const ranges: Ranges = new Map(names.map(name => [name, { low: -16, high: 16 }]))
  return insertQdq(graph, plan, ranges)
}

const opsOf = (graph: Graph) => graph.nodes.map(node => node.op)
const producerOf = (graph: Graph, value: string | undefined): Node | undefined =>
  graph.nodes.find(node => node.outputs.includes(value ?? ''))
const typesOf = (graph: Graph) => [...graph.initializers.values()].map(tensor => tensor.dataType)

async function closeToFloat(graph: Graph, made: Graph): Promise<void> {
  const feeds = { x: noise([2, 4, 6, 6], 5) }
  const [float, int8] = [await run(graph, feeds), await run(made, feeds)]
  for (const { name } of graph.outputs)
    expect(signalToNoise(numbersOf(float[name]), numbersOf(int8[name]))).toBeGreaterThan(20)
}

test('one Conv: a pair on either side, weights and bias as integers', () => {
  const graph = netOf((b, x) => [b.Conv(x, weights(b, 'w', [4, 4, 1, 1]), weights(b, 'b', [4]))])
  const made = quantized(graph)
  expect(made.nodes.map(({ op, inputs, outputs }) => `${op}(${inputs}) → ${outputs}`)).toEqual([
    'QuantizeLinear(x,constant,constant_1) → x/q',
    'DequantizeLinear(x/q,constant,constant_1) → DequantizeLinear:0',
    'DequantizeLinear(w/q,w/q/s) → DequantizeLinear_2:0',
    'DequantizeLinear(b/q,b/q/s) → DequantizeLinear_3:0',
    'Conv(DequantizeLinear:0,DequantizeLinear_2:0,DequantizeLinear_3:0) → y0/raw',
    'QuantizeLinear(y0/raw,constant,constant_1) → y0/q',
    'DequantizeLinear(y0/q,constant,constant_1) → y0',
  ])
  expect(made.initializers.get('w/q')?.dataType).toBe('int8')
  expect(made.initializers.get('b/q')?.dataType).toBe('int32')
  expect(made.initializers.has('w')).toBe(false)
})

test('inputs and outputs keep their names, types and shapes', () => {
  const graph = netOf((b, x) => [conv(b, x), b.Softmax(conv(b, x, 'w2'))])
  const made = quantized(graph)
  expect(made.inputs).toEqual(graph.inputs)
  expect(made.outputs).toEqual(graph.outputs)
})

test('a value that is an output of the model and read inside is the same in both places', async () => {
  const graph = netOf((b, x) => {
    const middle = conv(b, x)
    return [middle, conv(b, middle, 'w2')]
  })
  const made = quantized(graph)
  const last = made.nodes.filter(node => node.op === 'Conv').at(-1)
  expect(last?.inputs[0]).toBe('y0')
  await closeToFloat(graph, made)
})

test('a float node reads what the pair makes of a quantized result, and an input as it is', async () => {
  const graph = netOf((b, x) => [b.Exp(conv(b, x)), b.Exp(x)])
  const made = quantized(graph)
  const [first, second] = made.nodes.filter(node => node.op === 'Exp')
  expect([producerOf(made, first?.inputs[0])?.op, second?.inputs[0]].toSorted()).toEqual(['DequantizeLinear', 'x'])
  expect(opsOf(await optimizedGraph(made))).toContain('QLinearConv')
})

test('one pair serves all who read a value', () => {
  const made = quantized(
    netOf((b, x) => [b.Add(conv(b, x), conv(b, x, 'w2'))]),
    { exclude: ['op:Add'] },
  )
  expect(made.nodes.filter(node => node.op === 'QuantizeLinear' && node.inputs[0] === 'x')).toHaveLength(1)
})

test('weights have no zero point, but those of Gemm, whose kernel asks for it', () => {
  const made = quantized(netOf((b, x) => [b.Gemm(b.Flatten(conv(b, x)), weights(b, 'fc', [144, 3]))]))
  const dequantizer = (name: string) => made.nodes.find(node => node.inputs[0] === name)
  expect(dequantizer('w/q')?.inputs).toHaveLength(2)
  expect(dequantizer('fc/q')?.attributes.axis).toEqual({ kind: 'int', value: 1 })
  expect(made.initializers.get(dequantizer('fc/q')?.inputs[2] ?? '')).toMatchObject({ dataType: 'int8', dims: [3] })
})

describe('shared weights', () => {
  test('are one int8 tensor, and both readers run in int8', async () => {
    const graph = netOf((b, x) => {
      const shared = weights(b, 'w', [4, 4, 1, 1])
      return [conv(b, conv(b, x, shared), shared)]
    })
    const made = quantized(graph)
    expect(typesOf(made).filter(type => type === 'int8')).toHaveLength(1)
    expect(opsOf(await optimizedGraph(made)).filter(op => op === 'QLinearConv')).toHaveLength(2)
    await closeToFloat(graph, made)
  })

  test('a shared bias is one int32 tensor only where its scale is the same', () => {
    const graph = netOf((b, x) => {
      const [w, bias] = [weights(b, 'w', [4, 4, 1, 1]), weights(b, 'b', [4])]
      return [b.Conv(x, w, bias), b.Conv(x, w, bias), b.Conv(b.Sigmoid(b.Conv(x, w, bias)), w, bias)]
    })
    expect(typesOf(quantized(graph)).filter(type => type === 'int32')).toHaveLength(2)
  })

  test('keep a float copy beside the int8 one for whoever reads floats', async () => {
    const graph = netOf((b, x) => {
      const shared = weights(b, 'w', [4, 4, 1, 1])
      return [conv(b, x, shared), b.Exp(shared)]
    })
    const made = quantized(graph)
    expect(made.initializers.has('w')).toBe(true)
    expect(made.initializers.has('w/q')).toBe(true)
    await closeToFloat(graph, made)
  })
})

describe('types of activations', () => {
  test.each([
    { dataType: 'int8', symmetric: false },
    { dataType: 'int8', symmetric: true },
    { dataType: 'uint8', symmetric: true },
  ] as const)('$dataType, symmetric: $symmetric', async activations => {
    const graph = netOf((b, x) => [conv(b, conv(b, x), 'w2')])
    const made = quantized(graph, { quantization: { ...usualQuantization, activations } })
    const { inputs } = made.nodes.find(node => node.op === 'QuantizeLinear') ?? { inputs: [] }
    const zeroPoint = made.initializers.get(inputs[2] ?? '')
    expect(zeroPoint?.dataType).toBe(activations.dataType)
    if (zeroPoint && activations.symmetric)
      expect(tensorNumbers(zeroPoint)).toEqual([activations.dataType === 'uint8' ? 128 : 0])
    expect(opsOf(await optimizedGraph(made)).filter(op => op === 'QLinearConv')).toHaveLength(2)
    await closeToFloat(graph, made)
  })
})

test('ReLU6: onnxruntime drops the Clip, for the pair behind it cuts off the same', async () => {
  const graph = netOf((b, x) => [conv(b, b.Clip(conv(b, x), b.scalar(0), b.scalar(6)), 'w2')])
  const plan = planQuantization(graph)
  const ranges: Ranges = new Map([
    ['x', { low: -5, high: 5 }],
    ['Clip:0', { low: 0, high: 6 }],
    ['y0', { low: -20, high: 20 }],
  ])
  expect(opsOf(await optimizedGraph(insertQdq(graph, plan, ranges)))).toEqual([
    'QuantizeLinear',
    'QLinearConv',
    'QLinearConv',
    'DequantizeLinear',
  ])
})

test.each(['int32', 'float'] as const)(
  'dead channels: a bias (%s) that its scale could not hold in int32 comes out right',
  async bias => {
    const graph = netOf((b, x) => [
      b.Conv(
        x,
        b.initializer('w', tensorOf('float32', [1, 4, 1, 1], [1e-13, 0, 0, 0])),
        b.constant('float32', [1], [3]),
      ),
    ])
    const made = quantized(graph, { quantization: { ...usualQuantization, bias } })
    // Optimized, onnxruntime computes in integers, and makes them of a float bias too.
    for (const optimize of [false, true]) {
      const { y0 } = await run(made, { x: noise([1, 4, 6, 6], 1) }, optimize)
      for (const value of numbersOf(y0)) expect(Math.abs(value - 3)).toBeLessThan(16 / 255)
    }
  },
)

test('ranges that are not those of the plan are refused', () => {
  const graph = netOf((b, x) => [conv(b, x)])
  expect(() => insertQdq(graph, planQuantization(graph), new Map())).toThrow('There is no range for the value x.')
})

test('a layer that stays float behind a quantized one is computed in float by onnxruntime', async () => {
  const b = createBuilder('mixed')
  const random = (seed: number) => Array.from(noise([4, 4, 1, 1], seed).data, Number)
  const made = (name: string, values: readonly number[]) =>
    b.initializer(name, tensorOf('float32', [4, 4, 1, 1], values))
  // One weight of 1000, which meets nothing but zeros, leaves the others no level of one scale for all.
  const zeros = random(1).map((value, index) => (index < 4 ? 0 : value))
  const large = random(2).map((value, index) => (index === 0 ? 1000 : value))
  const first = b.Relu(b.Conv(b.input('x', 'float32', ['N', 4, 6, 6]), made('w1', zeros)))
  const second = b.scope('float', () => b.Conv(first, made('w2', large)))
  b.output(b.named(b.Conv(b.Relu(second), made('w3', random(3))), 'y0'))
  const mixed = quantized(b.build(), { exclude: ['float/Conv'] })
  expect(opsOf(mixed)).toContain('Clip')
  const feeds = { x: noise([2, 4, 6, 6], 5) }
  const [exact, fused] = [await run(mixed, feeds), await run(mixed, feeds, true)]
  expect(signalToNoise(numbersOf(exact.y0), numbersOf(fused.y0))).toBeGreaterThan(30)
})
