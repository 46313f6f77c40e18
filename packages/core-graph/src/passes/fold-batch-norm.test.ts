import { describe, expect, it } from 'vitest'
import type { Graph } from '../graph.ts'
import { createRandom } from '../random.ts'
import { elementCount, type Tensor, tensorBytes } from '../tensor.ts'
import { expectSameOutputs } from '../testing/expect-same-outputs.ts'
import { floats, graphOf, node, textOf } from '../testing/graph-of.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'

const tolerance = 1e-5

/** Random numbers in [0.5, 1.5): good as weights, scales and variances alike. */
const random = (dims: readonly number[], seed: number): Tensor => {
  const next = createRandom(seed)
  return floats(
    dims,
    Array.from({ length: elementCount(dims) }, () => next() + 0.5),
  )
}

const normParameters = (channels: number, prefix = '') => ({
  [`${prefix}gamma`]: random([channels], 11),
  [`${prefix}beta`]: random([channels], 12),
  [`${prefix}mean`]: random([channels], 13),
  [`${prefix}variance`]: random([channels], 14),
})

const norm = (output: string, input: string, prefix = '') =>
  node(
    output,
    'BatchNormalization',
    [input, ...['gamma', 'beta', 'mean', 'variance'].map(name => `${prefix}${name}`)],
    { epsilon: 0.01 },
  )

async function expectFolded(before: Graph, nodes: readonly string[]): Promise<Graph> {
  const bytes = [...before.initializers.values()].map(tensor => tensorBytes(tensor).slice())
  const { graph, changed } = foldBatchNorm.run(before)
  expect(textOf(graph)).toEqual(nodes)
  expect(changed).toBe(before.nodes.length - nodes.length)
  expect([...before.initializers.values()].map(tensorBytes)).toEqual(bytes)
  await expectSameOutputs(before, graph, { tolerance })
  return graph
}

function expectRefused(before: Graph, ...reasons: readonly string[]): void {
  const { graph, changed, refusals = [] } = foldBatchNorm.run(before)
  expect(refusals.map(({ reason }) => reason)).toEqual(reasons)
  expect({ graph, changed }).toEqual({ graph: before, changed: 0 })
}

describe('fold-batch-norm folds a BatchNormalization into', () => {
  it('a Conv with groups and a bias; the output keeps its name', async () => {
    await expectFolded(
      graphOf({
        inputs: { x: [2, 4, 5, 5] },
        initializers: { w: random([6, 2, 3, 3], 1), b: random([6], 2), ...normParameters(6) },
        nodes: [node('c', 'Conv', ['x', 'w', 'b'], { group: 2 }), norm('y', 'c')],
        outputs: ['y'],
      }),
      ['y = Conv(x, w, b) {group=2}'],
    )
  })

  it('a Conv without a bias, which gets one', async () => {
    await expectFolded(
      graphOf({
        inputs: { x: [1, 3, 4, 4] },
        initializers: { w: random([2, 3, 1, 1], 1), ...normParameters(2) },
        nodes: [node('c', 'Conv', ['x', 'w']), norm('n', 'c'), node('y', 'Relu', ['n'])],
        outputs: ['y'],
      }),
      ['n = Conv(x, w, Conv:c/bias)', 'y = Relu(n)'],
    )
  })

  it('a ConvTranspose with groups', async () => {
    await expectFolded(
      graphOf({
        inputs: { x: [1, 4, 3, 3] },
        initializers: { w: random([4, 3, 2, 2], 1), ...normParameters(6) },
        nodes: [node('c', 'ConvTranspose', ['x', 'w'], { group: 2, strides: [2, 2] }), norm('y', 'c')],
        outputs: ['y'],
      }),
      ['y = ConvTranspose(x, w, ConvTranspose:c/bias) {group=2 strides=2,2}'],
    )
  })

  it.each([
    { transB: 0, weight: [4, 3], bias: [3] },
    { transB: 1, weight: [3, 4], bias: [1, 3] },
    { transB: 1, weight: [3, 4], bias: [1] },
  ])('a Gemm with alpha and beta: %o', async ({ transB, weight, bias }) => {
    const graph = await expectFolded(
      graphOf({
        inputs: { x: [2, 4] },
        initializers: { w: random(weight, 1), b: random(bias, 2), ...normParameters(3) },
        nodes: [node('g', 'Gemm', ['x', 'w', 'b'], { alpha: 0.5, beta: 0.25, transB }), norm('y', 'g')],
        outputs: ['y'],
      }),
      [`y = Gemm(x, w, b) {alpha=0.5 transB=${transB}}`],
    )
    expect(graph.initializers.get('b')?.dims).toEqual([3])
  })

  it('a MatMul of matrices, which becomes a Gemm', async () => {
    await expectFolded(
      graphOf({
        inputs: { x: [2, 4] },
        initializers: { w: random([4, 3], 1), ...normParameters(3) },
        nodes: [node('m', 'MatMul', ['x', 'w']), norm('y', 'm')],
        outputs: ['y'],
      }),
      ['y = Gemm(x, w, MatMul:m/bias)'],
    )
  })
})

describe('fold-batch-norm', () => {
  it('folds a chain of scales and shifts behind a Conv', async () => {
    await expectFolded(
      graphOf({
        inputs: { x: [1, 2, 3, 3] },
        initializers: {
          w: random([3, 2, 1, 1], 1),
          scale: random([1, 3, 1, 1], 2),
          shift: random([3, 1, 1], 3),
          one: floats([], [1.5]),
          ...normParameters(3),
        },
        nodes: [
          node('c', 'Conv', ['x', 'w']),
          node('s', 'Mul', ['scale', 'c']),
          node('t', 'Add', ['s', 'shift']),
          norm('n', 't'),
          node('d', 'Div', ['n', 'one']),
          node('y', 'Sub', ['d', 'shift']),
        ],
        outputs: ['y'],
      }),
      ['y = Conv(x, w, Conv:c/bias)'],
    )
  })

  it('leaves a constant alone that is no scale of channels', () => {
    const columns = random([3], 5)
    const before = graphOf({
      inputs: { x: [1, 2, 3, 3] },
      initializers: { w: random([3, 2, 1, 1], 1), columns, deeper: random([1, 1, 3, 1, 1], 6) },
      nodes: [
        node('c', 'Conv', ['x', 'w']),
        node('a', 'Add', ['c', 'columns']),
        node('d', 'Conv', ['a', 'v']),
        node('y', 'Mul', ['d', 'deeper']),
      ],
      outputs: ['y'],
    })
    expectRefused(before)
  })

  it('gives a shared bias a new name and keeps the other reader’s', async () => {
    const graph = await expectFolded(
      graphOf({
        inputs: { x: [1, 2, 3, 3] },
        initializers: {
          v: random([3, 2, 1, 1], 1),
          w: random([3, 2, 1, 1], 2),
          b: random([3], 3),
          ...normParameters(3),
        },
        nodes: [node('c', 'Conv', ['x', 'v', 'b']), norm('y', 'c'), node('z', 'Conv', ['x', 'w', 'b'])],
        outputs: ['y', 'z'],
      }),
      ['y = Conv(x, v, Conv:c/bias)', 'z = Conv(x, w, b)'],
    )
    expect(graph.initializers.get('b')).toBeDefined()
  })

  it('says why it leaves a BatchNormalization', () => {
    const conv = node('c', 'Conv', ['x', 'w'])
    const base = {
      inputs: { x: [1, 2, 3, 3] },
      initializers: { w: random([3, 2, 1, 1], 1), ...normParameters(3) },
    }
    expectRefused(
      graphOf({ ...base, nodes: [conv, norm('y', 'c'), node('z', 'Relu', ['c'])], outputs: ['y', 'z'] }),
      'the output of Conv:c is read elsewhere too',
    )
    expectRefused(
      graphOf({ ...base, nodes: [conv, norm('y', 'c')], outputs: ['y', 'c'] }),
      'the output of Conv:c is read elsewhere too',
    )
    expectRefused(
      graphOf({ ...base, nodes: [conv, norm('y', 'c'), node('d', 'Conv', ['x', 'w'])], outputs: ['y', 'd'] }),
      'the weight w is shared with other nodes',
    )
    expectRefused(
      graphOf({
        initializers: { w: random([3, 3], 1), ...normParameters(3) },
        nodes: [node('m', 'MatMul', ['w', 'w']), norm('y', 'm')],
        outputs: ['y'],
      }),
      'MatMul:m reads one value twice',
    )
    expectRefused(
      graphOf({ ...base, nodes: [node('r', 'Relu', ['x']), norm('y', 'r')], outputs: ['y'] }),
      'no layer stands before it, but Relu',
    )
    expectRefused(graphOf({ ...base, nodes: [norm('y', 'x')], outputs: ['y'] }), 'no layer stands before it')
    const negative = { ...base.initializers, variance: floats([3], [1, -1, 1]) }
    expectRefused(
      graphOf({ ...base, initializers: negative, nodes: [conv, norm('y', 'c')], outputs: ['y'] }),
      'its scale or shift is not finite',
    )
    const training = { ...norm('y', 'c'), attributes: { training_mode: { kind: 'int', value: 1 } as const } }
    expectRefused(graphOf({ ...base, nodes: [conv, training], outputs: ['y'] }), 'it is in training mode')
    expectRefused(
      graphOf({
        inputs: { x: [2, 3, 4] },
        initializers: { w: random([4, 3], 1), ...normParameters(3) },
        nodes: [node('m', 'MatMul', ['x', 'w']), norm('y', 'm')],
        outputs: ['y'],
      }),
      'the channels of MatMul:m (MatMul) are not on axis 1',
    )
  })
})
