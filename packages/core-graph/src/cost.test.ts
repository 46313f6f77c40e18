import { describe, expect, it } from 'vitest'
import { createBuilder, type Value } from './builder.ts'
import { cost } from './cost.ts'
import { newTypedArray, tensorOf } from './tensor.ts'
import { floats, graphOf, ints, node } from './testing/graph-of.ts'

/** MobileNetV1 (Howard et al. 2017, table 1) with BatchNormalization, for 224 × 224 and 1000 classes. */
function mobileNetV1() {
  const b = createBuilder('mobilenet-v1')
  const weight = (name: string, ...dims: readonly number[]) =>
    b.initializer(
      name,
      tensorOf(
        'float32',
        dims,
        newTypedArray(
          'float32',
          dims.reduce((a, c) => a * c, 1),
        ),
      ),
    )
  const layer = (
    x: Value,
    name: string,
    [channels, inputs, kernel]: readonly [number, number, number],
    stride: number,
    group = 1,
  ) => {
    const pad = (kernel - 1) / 2
    const c = b.Conv(x, weight(`${name}.w`, channels, inputs, kernel, kernel), {
      group,
      pads: [pad, pad, pad, pad],
      strides: [stride, stride],
    })
    const part = (suffix: string) => weight(`${name}.${suffix}`, channels)
    return b.Relu(b.BatchNormalization(c, part('scale'), part('shift'), part('mean'), part('variance')))
  }
  const blocks: readonly (readonly [channels: number, stride: number])[] = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    ...Array.from({ length: 5 }, () => [512, 1] as const),
    [1024, 2],
    [1024, 1],
  ]
  let x = layer(b.input('x', 'float32', ['N', 3, 224, 224]), 'stem', [32, 3, 3], 2)
  let inputs = 32
  for (const [index, [channels, stride]] of blocks.entries()) {
    x = layer(x, `depthwise${index}`, [inputs, 1, 3], stride, inputs)
    x = layer(x, `pointwise${index}`, [channels, inputs, 1], 1)
    inputs = channels
  }
  const pooled = b.Flatten(b.GlobalAveragePool(x))
  b.output(b.Gemm(pooled, weight('fc.w', 1000, 1024), weight('fc.b', 1000), { transB: 1 }))
  return b.build()
}

describe('cost', () => {
  it('counts MobileNetV1 as published: 569 M multiply-adds, 4.2 M parameters, 1.11 G FLOPs of PaddleSlim 1.4', () => {
    const { total, unknown } = cost(mobileNetV1(), { convention: 'v1.4' })
    expect(unknown).toEqual([])
    expect(total.macs / 1e6).toBeCloseTo(568.7, 1)
    expect(total.flops ?? 0).toBeGreaterThan(1.113e9 * 0.998)
    expect(total.flops ?? 0).toBeLessThan(1.113e9 * 1.002)
    // 4,231,976 of weights and biases (the paper's 4.2 M), two of the four statistics included; the other two are 21,888.
    expect(total.parameters).toBe(4_231_976 + 21_888)
    expect(total.parameterBytes).toBe(4 * total.parameters)
  })

  it('divides a convolution by its groups twice in the convention of PaddleSlim 1.4, and counts biases and pools', () => {
    const graph = graphOf({
      inputs: { x: [4, 4, 6, 6] },
      initializers: { w: floats([4, 2, 3, 3], Array(72).fill(0)), b: floats([4], [0, 0, 0, 0]) },
      nodes: [node('c', 'Conv', ['x', 'w', 'b'], { group: 2 }), node('y', 'MaxPool', ['c'], { kernel_shape: [2, 2] })],
      outputs: ['y'],
    })
    const { nodes } = cost(graph, { convention: 'v1.4' })
    expect(nodes.map(({ flops }) => flops)).toEqual([2 * 4 * 4 * 4 * ((3 * 3 * 2) / 2 + 1), 3 * 3 * 4 * 2 * 2])
    expect(nodes.map(({ macs }) => macs)).toEqual([4 * (4 * 4 * 4) * (3 * 3 * 2), 0])
  })

  it('lists each node in order, with the sizes of its outputs', () => {
    const graph = graphOf({
      inputs: { x: ['N', 2, 4, 4] },
      initializers: { w: floats([3, 2, 3, 3], Array(54).fill(0)), b: floats([3], [0, 0, 0]) },
      nodes: [node('c', 'Conv', ['x', 'w', 'b']), node('y', 'Relu', ['c'])],
      outputs: ['y'],
    })
    const conv = { node: 'Conv:c', op: 'Conv', parameters: 57, parameterBytes: 228 }
    const relu = { node: 'Relu:y', op: 'Relu', macs: 0, parameters: 0, parameterBytes: 0 }
    expect(cost(graph).nodes).toEqual([
      { ...conv, macs: 3 * 2 * 2 * 2 * 9, activations: 12, activationBytes: 48 },
      { ...relu, activations: 12, activationBytes: 48 },
    ])
    expect(cost(graph, { bind: { N: 8 } }).total).toEqual({
      macs: 8 * 216,
      parameters: 57,
      parameterBytes: 228,
      activations: 8 * 24,
      activationBytes: 8 * 96,
    })
  })

  it('counts a shared weight once in all, and settings and shapes as bytes only', () => {
    const graph = graphOf({
      inputs: { x: [2, 2] },
      initializers: { w: floats([2, 2], [1, 2, 3, 4]), low: floats([], [0]), shape: ints(4) },
      nodes: [
        node('a', 'MatMul', ['x', 'w']),
        node('b', 'MatMul', ['a', 'w']),
        node('c', 'Clip', ['b', 'low']),
        node('y', 'Reshape', ['c', 'shape']),
      ],
      outputs: ['y'],
    })
    const { nodes, total } = cost(graph)
    expect(nodes.map(({ parameters }) => parameters)).toEqual([4, 4, 0, 0])
    expect(total).toMatchObject({ macs: 16, parameters: 4, parameterBytes: 16 + 4 + 8 })
  })

  it('counts a quantized weight where it is used, in the bytes that it takes', () => {
    const graph = graphOf({
      inputs: { x: [1, 4] },
      initializers: { q: tensorOf('int8', [4, 3], newTypedArray('int8', 12)), s: floats([3], [1, 1, 1]) },
      nodes: [node('w', 'DequantizeLinear', ['q', 's'], { axis: 1 }), node('y', 'MatMul', ['x', 'w'])],
      outputs: ['y'],
    })
    expect(
      cost(graph).nodes.map(({ op, macs, parameters, parameterBytes }) => [op, macs, parameters, parameterBytes]),
    ).toEqual([
      ['DequantizeLinear', 0, 0, 0],
      ['MatMul', 12, 12, 12 + 12],
    ])
  })

  it('counts weights and bias of an integer convolution, not the scales of its numbers', () => {
    const graph = graphOf({
      inputs: { x: ['uint8', [1, 2, 4, 4]] },
      initializers: {
        one: floats([], [1]),
        zero: tensorOf('uint8', [], [0]),
        w: tensorOf('int8', [3, 2, 1, 1], newTypedArray('int8', 6)),
        scales: floats([3], [1, 1, 1]),
        zeros: tensorOf('int8', [3], [0, 0, 0]),
        bias: tensorOf('int32', [3], [1, 2, 3]),
      },
      nodes: [node('y', 'QLinearConv', ['x', 'one', 'zero', 'w', 'scales', 'zeros', 'one', 'zero', 'bias'])],
      outputs: ['y'],
    })
    expect(cost(graph).total).toMatchObject({ parameters: 6 + 3, parameterBytes: 6 + 12 + 12 + 3 + 4 + 1 })
  })

  it('tells what it could not count', () => {
    const graph = graphOf({
      inputs: { x: [1, 2], y: [null, 3, null] },
      nodes: [
        { ...node('a', 'Secret', ['x']), domain: 'com.example' },
        node('b', 'Relu', ['a']),
        node('c', 'Relu', ['y']),
      ],
      outputs: ['b', 'c'],
    })
    expect(cost(graph)).toMatchObject({
      nodes: [],
      unknown: [
        { node: 'Secret:a', op: 'Secret', reason: 'no shape rule for com.example.Secret' },
        { node: 'Relu:b', op: 'Relu', reason: 'the type of its input a is not known' },
        { node: 'Relu:c', op: 'Relu', reason: 'the shape of y is not known' },
      ],
    })
  })
})

it('only the batch is one sample by default: where another size is open, the cost is unknown and not that of size 1', () => {
  const b = createBuilder('open')
  const x = b.input('x', 'float32', ['N', 3, 'height', 'width'])
  b.output(b.Conv(x, b.constant('float32', [4, 3, 3, 3], new Float32Array(108))))
  const open = cost(b.build())
  expect(open.nodes).toEqual([])
  expect(open.unknown).toHaveLength(1)
  expect(cost(b.build(), { bind: { height: 6, width: 5 } }).total.macs).toBe(4 * 3 * 9 * 4 * 3)
})
