import { createBuilder, type Graph, type GraphBuilder, tensorOf, type Value } from '@pare/core-graph'
import { optimizedGraph } from '@pare/runtime'
import { beforeAll, describe, expect, test } from 'vitest'
import { affineOf, rangeOf } from '../affine.ts'
import { quantizeStatic } from '../quantize-static.ts'
import { executor, numbersOf, run, signalToNoise } from '../testing/compare.ts'
import { noise, noiseSource } from '../testing/noise.ts'
import { rules } from './registry.ts'

interface Example {
  /** The operator on x:[1, 4, 6, 6], which a quantized Conv made. */
  readonly build: (b: GraphBuilder, x: Value) => Value
  /** What onnxruntime makes of it; absent where it has no int8 kernel and computes between the pairs in float. */
  readonly fused?: string
}

const weights = (b: GraphBuilder, name: string, dims: readonly number[]) => {
  const { data } = noise(dims, dims.length)
  return b.initializer(name, tensorOf('float32', dims, data))
}
const unary =
  (op: string): Example['build'] =>
  (b, x) =>
    b.node(op, [x])[0] ?? x
const window = { kernel_shape: [2, 2], strides: [2, 2] }

/** One example for each rule: a rule without one does not compile. */
const examples: Readonly<Record<keyof typeof rules, Example>> = {
  Add: { build: (b, x) => b.Add(x, b.Relu(x)), fused: 'QLinearAdd' },
  AveragePool: { build: (b, x) => b.AveragePool(x, window), fused: 'QLinearAveragePool' },
  Clip: {
    build: (b, x) => b.Clip(b.Conv(x, weights(b, 'c', [4, 4, 1, 1])), b.scalar(0), b.scalar(2)),
    fused: 'QLinearConv',
  },
  Concat: { build: (b, x) => b.Concat([x, b.Relu(x)], { axis: 1 }), fused: 'QLinearConcat' },
  Conv: {
    build: (b, x) => b.Conv(x, weights(b, 'w', [4, 1, 3, 3]), weights(b, 'b', [4]), { group: 4 }),
    fused: 'QLinearConv',
  },
  ConvTranspose: { build: (b, x) => b.ConvTranspose(x, weights(b, 'w', [4, 3, 2, 2]), weights(b, 'b', [3])) },
  Flatten: { build: (b, x) => b.Flatten(x), fused: 'Flatten' },
  Gather: { build: (b, x) => b.Gather(x, b.ints(1, 3), { axis: 1 }), fused: 'Gather' },
  Gemm: {
    build: (b, x) => b.Gemm(b.Flatten(x), weights(b, 'w', [5, 144]), weights(b, 'b', [5]), { transB: 1 }),
    fused: 'QGemm',
  },
  GlobalAveragePool: { build: (b, x) => b.GlobalAveragePool(x), fused: 'QLinearGlobalAveragePool' },
  HardSwish: { build: unary('HardSwish') },
  LeakyRelu: { build: unary('LeakyRelu'), fused: 'QLinearLeakyRelu' },
  MatMul: { build: (b, x) => b.MatMul(x, b.Transpose(x, { perm: [0, 1, 3, 2] })), fused: 'QLinearMatMul' },
  MaxPool: { build: (b, x) => b.node('MaxPool', [x], window, { outputCount: 1 })[0] ?? x, fused: 'MaxPool' },
  Mul: { build: (b, x) => b.Mul(x, b.Sigmoid(x)), fused: 'QLinearMul' },
  Pad: { build: (b, x) => b.Pad(x, b.ints(0, 0, 1, 1, 0, 0, 1, 1), b.scalar(0.5)) },
  Relu: { build: (b, x) => b.Relu(b.Conv(x, weights(b, 'r', [4, 4, 1, 1]))), fused: 'QLinearConv' },
  Reshape: { build: (b, x) => b.Reshape(x, b.ints(1, 6, 24)), fused: 'Reshape' },
  Resize: { build: (b, x) => b.Resize(x, undefined, b.constant('float32', [4], [1, 1, 2, 2])), fused: 'Resize' },
  Sigmoid: { build: unary('Sigmoid'), fused: 'QLinearSigmoid' },
  Slice: { build: (b, x) => b.Slice(x, b.ints(1), b.ints(3), b.ints(1)), fused: 'Slice' },
  Softmax: { build: unary('Softmax'), fused: 'QLinearSoftmax' },
  Split: { build: (b, x) => b.Split(x, undefined, { axis: 1, num_outputs: 2 })[0] ?? x, fused: 'Split' },
  Squeeze: { build: (b, x) => b.Squeeze(x, b.ints(0)), fused: 'Squeeze' },
  Tanh: { build: unary('Tanh') },
  Transpose: { build: (b, x) => b.Transpose(x, { perm: [0, 2, 3, 1] }), fused: 'Transpose' },
  Unsqueeze: { build: (b, x) => b.Unsqueeze(x, b.ints(1)), fused: 'Unsqueeze' },
}

/** Conv → the operator → MatMul, so that it has a quantized node before and behind it. */
function netOf({ build }: Example): Graph {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [1, 3, 6, 6])
  const made = build(b, b.Conv(x, weights(b, 'first', [4, 3, 1, 1]), weights(b, 'first/bias', [4])))
  const row = b.Reshape(made, b.ints(1, -1))
  const columns = row.shape?.[1]
  b.output(b.named(b.MatMul(row, weights(b, 'last', [Number(columns), 5])), 'y'))
  return b.build()
}

describe.each(Object.entries(examples))('%s', (op, example) => {
  let graph: Graph
  let quantized: Awaited<ReturnType<typeof quantizeStatic>>
  beforeAll(async () => {
    graph = netOf(example)
    quantized = await quantizeStatic(graph, { executor, calibration: noiseSource('x', [3, 6, 6], 24) })
  })
  const nodesOf = (all: Graph) => all.nodes.filter(node => node.op === op)

  test('is quantized, and nothing stays float', () => {
    const { details } = quantized
    expect(details.kept).toEqual([])
    expect(details.quantized.map(node => node.op)).toContain(op)
  })

  test('gives nearly the float results, in float32 arithmetic and in int8', async () => {
    const { graph: made } = quantized
    const feeds = { x: noise([1, 3, 6, 6], 99) }
    const float = numbersOf((await run(graph, feeds)).y)
    for (const optimize of [false, true])
      expect(signalToNoise(float, numbersOf((await run(made, feeds, optimize)).y))).toBeGreaterThan(25)
  })

  if (example.fused)
    test(`is ${example.fused} to onnxruntime`, async () => {
      const { graph: made } = quantized
      const fused = await optimizedGraph(made)
      expect(fused.nodes.map(node => node.op)).toContain(example.fused)
      if (example.fused !== op) expect(nodesOf(fused)).toEqual([])
    })

  if (rules[op as keyof typeof rules].output === 'shared')
    test('has one scale for what it reads and makes', async () => {
      const { graph: made, details } = quantized
      const [node] = nodesOf(graph)
      const scales = details.values
        .filter(({ name }) => node?.inputs.includes(name) || node?.outputs.includes(name))
        .map(({ scale, zeroPoint }) => `${scale} ${zeroPoint}`)
      expect(scales.length).toBeGreaterThanOrEqual(2)
      expect(new Set(scales).size).toBe(1)
      expect(nodesOf(made)).toHaveLength(nodesOf(graph).length)
    })
})

test.each([
  { op: 'Sigmoid', low: 0, step: 1 / 256 },
  { op: 'Softmax', low: 0, step: 1 / 256 },
  { op: 'Tanh', low: -1, step: 1 / 128 },
] as const)('the range of $op is known beforehand: steps of $step', ({ op, low, step }) => {
  const range = rules[op].output
  if (typeof range === 'string') throw new Error('It should be a range.')
  const affine = affineOf(range, { dataType: 'uint8', symmetric: false })
  expect(affine.scale).toBe(step)
  expect(rangeOf(affine).low).toBe(low)
})
