import {
  createBuilder,
  createRandom,
  elementCount,
  type Graph,
  type GraphBuilder,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { describe, expect, test } from 'vitest'
import { channelGroups } from '../channels/channel-groups.ts'
import { expectCutIsMasked, randomCuts } from '../testing/same-outputs.ts'
import { rules } from './registry.ts'

/** What stands between two convolutions: of `[N, 8, 6, 6]`, all numbers between 0 and 1. */
interface Case {
  readonly apply: (b: GraphBuilder, x: Value, weights: Weights) => Value
  /** How many channels of the first convolution can be cut one by one. Default: all 8. */
  readonly channels?: number
}

type Weights = (...dims: number[]) => Value

const float = 1
const unary = (op: keyof typeof rules): Case => ({ apply: (b, x) => b.node(op, [x])[0] ?? x })
const binary = (op: keyof typeof rules): Case => ({
  apply: (b, x, weights) => b.node(op, [x, weights(8, 1, 1)])[0] ?? x,
})
const compared = (op: keyof typeof rules): Case => ({
  apply: (b, x, weights) => b.Cast(b.node(op, [x, weights(8, 1, 1)])[0] ?? x, { to: float }),
})
const logical = (op: keyof typeof rules): Case => ({
  apply: (b, x, weights) => {
    const isHigh = b.Greater(x, weights(8, 1, 1))
    return b.Cast(b.node(op, [isHigh, b.Greater(x, b.scalar(0.5))])[0] ?? x, { to: float })
  },
})
const reduced = (op: keyof typeof rules): Case => ({
  apply: (b, x) => b.Add(x, b.node(op, [x, b.ints(2, 3)], { keepdims: 1 })[0] ?? x),
})
const quantized = (b: GraphBuilder, x: Value) => {
  const scales = b.constant(
    'float32',
    [8],
    [2, 3, 4, 5, 6, 7, 8, 9].map(value => value / 1000),
  )
  const zeroPoints = b.constant('int8', [8], [0, 1, -2, 3, -4, 5, -6, 7])
  return b.DequantizeLinear(b.QuantizeLinear(x, scales, zeroPoints), scales, zeroPoints)
}

const cases: Partial<Record<keyof typeof rules, Case>> = {
  Add: binary('Add'),
  And: logical('And'),
  AveragePool: { apply: (b, x) => b.AveragePool(x, { kernel_shape: [2, 2] }) },
  BatchNormalization: {
    apply: (b, x, weights) => b.BatchNormalization(x, weights(8), weights(8), weights(8), b.Abs(weights(8))),
  },
  Cast: { apply: (b, x) => b.Cast(b.Cast(x, { to: 11 }), { to: float }) },
  CastLike: { apply: (b, x) => b.CastLike(x, x) },
  Clip: { apply: (b, x) => b.Clip(x, b.scalar(0.4), b.scalar(0.6)) },
  Concat: { apply: (b, x, weights) => b.Concat([b.Relu(x), b.Conv(x, weights(3, 8, 1, 1))], { axis: 1 }) },
  Conv: { apply: (b, x, weights) => b.Conv(x, weights(16, 1, 3, 3), weights(16), { group: 8 }) },
  ConvTranspose: {
    apply: (b, x, weights) => b.ConvTranspose(x, weights(8, 3, 2, 2), weights(6), { group: 2 }),
    channels: 4,
  },
  DepthToSpace: { apply: (b, x) => b.DepthToSpace(x, { blocksize: 2 }), channels: 2 },
  DequantizeLinear: { apply: quantized },
  Div: binary('Div'),
  Dropout: { apply: (b, x) => b.Dropout(x) },
  Equal: compared('Equal'),
  Flatten: { apply: (b, x) => b.Unsqueeze(b.Flatten(x), b.ints(2, 3)) },
  Gather: { apply: (b, x) => b.Gather(x, b.ints(0, 2, 4), { axis: 2 }) },
  Gemm: {
    apply: (b, x, weights) => {
      const pooled = b.Flatten(b.GlobalAveragePool(x))
      return b.Unsqueeze(b.Gemm(pooled, weights(4, 8), weights(4), { transB: 1 }), b.ints(2, 3))
    },
  },
  Greater: compared('Greater'),
  GreaterOrEqual: compared('GreaterOrEqual'),
  GroupNormalization: { apply: (b, x, weights) => b.GroupNormalization(x, weights(8), weights(8), { num_groups: 8 }) },
  Hardmax: { apply: (b, x) => b.Hardmax(x, { axis: 1 }), channels: 0 },
  InstanceNormalization: { apply: (b, x, weights) => b.InstanceNormalization(x, weights(8), weights(8)) },
  IsInf: { apply: (b, x) => b.Cast(b.IsInf(x), { to: float }) },
  IsNaN: { apply: (b, x) => b.Cast(b.IsNaN(x), { to: float }) },
  LayerNormalization: {
    apply: (b, x, weights) => b.LayerNormalization(x, weights(8, 6, 6), undefined, { axis: 1 }),
    channels: 0,
  },
  Less: compared('Less'),
  LessOrEqual: compared('LessOrEqual'),
  LogSoftmax: { apply: (b, x) => b.LogSoftmax(x, { axis: 2 }) },
  LpNormalization: { apply: (b, x) => b.LpNormalization(x, { axis: 1 }), channels: 0 },
  MatMul: {
    apply: (b, x, weights) => {
      const rows = b.Transpose(x, { perm: [0, 2, 3, 1] })
      return b.Transpose(b.MatMul(rows, weights(8, 5)), { perm: [0, 3, 1, 2] })
    },
  },
  Max: { apply: (b, x, weights) => b.Max([x, weights(8, 1, 1), b.scalar(0.5)]) },
  MaxPool: { apply: (b, x) => b.MaxPool(x, { kernel_shape: [2, 2] }) },
  Mean: { apply: (b, x) => b.Mean([x, b.Exp(x)]) },
  Min: { apply: (b, x, weights) => b.Min([x, weights(1, 8, 1, 1)]) },
  Mod: { apply: (b, x) => b.Mod(x, b.scalar(0.3), { fmod: 1 }) },
  Mul: binary('Mul'),
  Not: { apply: (b, x) => b.Cast(b.Not(b.Greater(x, b.scalar(0.5))), { to: float }) },
  Or: logical('Or'),
  PRelu: { apply: (b, x, weights) => b.PRelu(b.Sub(x, b.scalar(0.5)), weights(8, 1, 1)) },
  Pad: { apply: (b, x) => b.Pad(x, b.ints(0, 0, 1, 0, 0, 0, 0, 2)) },
  Pow: binary('Pow'),
  QuantizeLinear: { apply: quantized },
  ReduceMax: { apply: (b, x) => b.Mul(x, b.ReduceMax(x, b.ints(1))), channels: 0 },
  Reshape: { apply: (b, x) => b.Reshape(x, b.ints(0, 2, 24, 6)), channels: 0 },
  Resize: { apply: (b, x) => b.Resize(x, undefined, undefined, b.ints(2, 8, 12, 12)) },
  Shape: {
    apply: (b, x) => {
      const samples = b.Gather(b.Shape(x), b.ints(0))
      return b.Reshape(b.Relu(x), b.Concat([samples, b.ints(8, 36, 1)], { axis: 0 }))
    },
  },
  Slice: { apply: (b, x) => b.Concat([b.Slice(x, b.ints(1), b.ints(5), b.ints(1)), x], { axis: 1 }) },
  Softmax: { apply: (b, x) => b.Softmax(x, { axis: 3 }) },
  SpaceToDepth: { apply: (b, x) => b.SpaceToDepth(x, { blocksize: 2 }) },
  Split: {
    apply: (b, x) => {
      const [first = x, second = x] = b.Split(x, b.ints(4, 4), { axis: 1 })
      return b.Mul(first, second)
    },
    channels: 4,
  },
  Squeeze: { apply: (b, x) => b.Unsqueeze(b.Squeeze(b.GlobalMaxPool(x), b.ints(-1)), b.ints(3)) },
  Sub: binary('Sub'),
  Sum: { apply: (b, x) => b.Sum([x, x, b.Relu(x)]) },
  Tile: { apply: (b, x) => b.Tile(x, b.ints(1, 1, 2, 1)) },
  Transpose: { apply: (b, x) => b.Transpose(x, { perm: [0, 1, 3, 2] }) },
  Unsqueeze: { apply: (b, x) => b.Squeeze(b.Unsqueeze(x, b.ints(0, -1)), b.ints(0, 5)) },
  Where: { apply: (b, x, weights) => b.Where(b.Greater(x, b.scalar(0.5)), x, weights(8, 1, 1)) },
  Xor: logical('Xor'),
}

const caseOf = (op: keyof typeof rules): Case => cases[op] ?? (op.startsWith('Reduce') ? reduced(op) : unary(op))

/** Conv (3 → 8), Sigmoid, the case, Conv (→ 4). */
function graphOf({ apply }: Case): Graph {
  const random = createRandom(5)
  const b = createBuilder('case')
  const weights: Weights = (...dims) =>
    b.initializer(
      'w',
      tensorOf(
        'float32',
        dims,
        Array.from({ length: elementCount(dims) }, () => random() - 0.5),
      ),
    )
  const x = b.Sigmoid(
    b.scope('before', () =>
      b.Conv(b.input('x', 'float32', ['N', 3, 6, 6]), weights(8, 3, 3, 3), weights(8), { pads: [1, 1, 1, 1] }),
    ),
  )
  const y = apply(b, x, weights)
  b.output(
    b.named(
      b.scope('after', () => b.Conv(y, weights(4, Number(y.shape?.[1]), 1, 1))),
      'y',
    ),
  )
  return b.build()
}

describe.each(Object.keys(rules) as (keyof typeof rules)[])('%s', op => {
  const graph = graphOf(caseOf(op))
  const wanted = caseOf(op).channels ?? 8
  const found = () => channelGroups(graph).groups.filter(({ makers }) => makers.includes('before/Conv'))

  test(`passes on ${wanted} channels`, () => {
    expect(graph.nodes.map(node => node.op)).toContain(op)
    expect(found().reduce((total, { channels }) => total + channels, 0)).toBe(wanted)
  })

  test('keeps what it computes of the channels that are left', async () => {
    const tolerance = op.endsWith('quantizeLinear') || op === 'QuantizeLinear' ? 0.02 : 1e-5
    for (const seed of [1, 2, 3]) await expectCutIsMasked(graph, randomCuts(graph, seed), tolerance)
  })
})
