import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBuilder, type Value } from './builder.ts'
import type { Dimension, Graph } from './graph.ts'
import { inferTypes } from './infer.ts'
import { withInputShapes } from './input-shapes.ts'
import { operators } from './operators/registry.ts'
import { randomFeeds } from './testing/expect-same-outputs.ts'
import { type OperatorCase, operatorCases } from './testing/operator-cases.ts'
import { runInOnnxruntime } from './testing/run-in-onnxruntime.ts'

/** Builds a case for a batch dimension; every value that it returns is an output. */
function build(operatorCase: OperatorCase, batch: Dimension): Graph {
  const b = createBuilder('case')
  const values = operatorCase({
    b,
    batch,
    input: (sizes, dataType = 'float32') => b.input('x', dataType, [batch, ...sizes]),
    ones: (...dims) => b.constant('float32', dims, new Float32Array(dims.reduce((x, y) => x * y, 1)).fill(1)),
  })
  for (const value of [values].flat() as Value[]) b.output(value)
  return b.build()
}

/** The sizes that a shape says, a symbol standing for the batch of 2; null where it says nothing. */
const sizesSaid = (graph: Graph, name: string) =>
  inferTypes(graph)
    .values.get(name)
    ?.shape?.map(size => (size === 'N' ? 2 : size))

describe.for(Object.keys(operators) as (keyof typeof operators)[])('%s', op => {
  test('inferred types and shapes are those that onnxruntime makes', async () => {
    const graph = build(operatorCases[op], 2)
    expect(graph.nodes.some(node => node.op === op)).toBe(true)
    const observed = await runInOnnxruntime(graph, randomFeeds(graph))
    for (const [name, { dataType, dims }] of Object.entries(observed)) {
      const inferred = inferTypes(graph).values.get(name)
      const shape = inferred?.shape?.map((size, axis) => (op === 'NonZero' && axis === 1 ? dims[axis] : size))
      expect({ name, dataType: inferred?.dataType, shape }).toEqual({ name, dataType, shape: dims })
    }
  })

  test('with a symbolic batch nothing else is said than with a number', () => {
    const [known, symbolic] = [build(operatorCases[op], 2), build(operatorCases[op], 'N')]
    for (const { name } of known.outputs) {
      const [wanted, said] = [sizesSaid(known, name), sizesSaid(symbolic, name)]
      expect(said?.length).toBe(wanted?.length)
      for (const [axis, size] of (said ?? []).entries())
        if (size !== null) expect([axis, size]).toEqual([axis, wanted?.[axis]])
    }
  })
})

test('windows of any size, stride, padding and dilation give the sizes that onnxruntime makes', async () => {
  const window = fc.record({
    size: fc.integer({ min: 5, max: 12 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    begin: fc.integer({ min: 0, max: 2 }),
    end: fc.integer({ min: 0, max: 2 }),
    autoPad: fc.constantFrom('NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
    op: fc.constantFrom('Conv' as const, 'MaxPool' as const),
    ceil: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(window, async ({ size, kernel, stride, dilation, begin, end, autoPad, op, ceil }) => {
      fc.pre((kernel - 1) * dilation + 1 <= size && Math.max(begin, end) < kernel)
      // onnxruntime takes neither dilations nor gaps between windows beside SAME.
      fc.pre(!autoPad.startsWith('SAME') || (dilation === 1 && kernel >= stride))
      const attributes = {
        kernel_shape: [kernel],
        strides: [stride],
        dilations: [dilation],
        auto_pad: autoPad,
        ...(autoPad === 'NOTSET' ? { pads: [begin, end] } : {}),
      }
      const graph = build(({ b, input, ones }) => {
        const x = input([2, size])
        if (op === 'Conv') return b.Conv(x, ones(3, 2, kernel), attributes)
        return b.MaxPool(x, { ...attributes, ceil_mode: ceil && autoPad === 'NOTSET' ? 1 : 0 })
      }, 1)
      const [[name, { dims }] = ['', { dims: [] }]] = Object.entries(await runInOnnxruntime(graph, randomFeeds(graph)))
      expect(inferTypes(graph).values.get(name)?.shape).toEqual(dims)
    }),
    { numRuns: 60 },
  )
})

/** The shape that is inferred for the one output of a graph, and the one that onnxruntime makes. */
async function inferredAndObserved(operatorCase: OperatorCase) {
  const graph = build(operatorCase, 2)
  const [[name, { dims }] = ['', { dims: [] }]] = Object.entries(await runInOnnxruntime(graph, randomFeeds(graph)))
  return [inferTypes(graph).values.get(name)?.shape, dims]
}

test('transposed windows and means of windows of any kind give the sizes that onnxruntime makes', async () => {
  const small = (min: number, max: number) => fc.integer({ min, max })
  const window = fc.record({
    size: small(3, 9),
    kernel: small(1, 4),
    stride: small(1, 3),
    dilation: small(1, 2),
    begin: small(0, 1),
    end: small(0, 1),
    more: small(0, 1),
    ceil: small(0, 1),
  })
  await fc.assert(
    fc.asyncProperty(window, async ({ size, kernel, stride, dilation, begin, end, more, ceil }) => {
      // onnxruntime takes no output padding as large as the stride.
      fc.pre(Math.max(begin, end) < kernel && (kernel - 1) * dilation < size && more < stride)
      const shared = { strides: [stride], dilations: [dilation], pads: [begin, end] }
      const [transposed, observed] = await inferredAndObserved(({ b, input, ones }) =>
        b.ConvTranspose(input([4, size]), ones(4, 3, kernel), { ...shared, group: 2, output_padding: [more] }),
      )
      expect(transposed).toEqual(observed)
      const [pooled, pooledThere] = await inferredAndObserved(({ b, input }) =>
        b.AveragePool(input([4, size]), { ...shared, kernel_shape: [kernel], ceil_mode: ceil }),
      )
      expect(pooled).toEqual(pooledThere)
    }),
    { numRuns: 40 },
  )
})

test('any shape is reshaped and broadcast as onnxruntime does it', async () => {
  const cases = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain(sizes =>
    fc.record({
      sizes: fc.constant(sizes),
      wanted: fc.shuffledSubarray([2, ...sizes], { minLength: sizes.length + 1 }),
      rest: fc.nat({ max: sizes.length }),
      ones: fc.array(fc.boolean(), { minLength: sizes.length, maxLength: sizes.length }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(cases, async ({ sizes, wanted, rest, ones: isOne }) => {
      const shape = wanted.map((size, axis) => (axis === rest ? -1 : size === [2, ...sizes][axis] ? 0 : size))
      const [reshaped, observed] = await inferredAndObserved(({ b, input }) =>
        b.Reshape(input(sizes), b.ints(...shape)),
      )
      expect(reshaped).toEqual(observed)
      const others = sizes.map((size, axis) => (isOne[axis] ? 1 : size)).slice(rest)
      const [sum, sumThere] = await inferredAndObserved(({ b, input, ones }) => b.Add(ones(...others), input(sizes)))
      expect(sum).toEqual(sumThere)
    }),
    { numRuns: 40 },
  )
})

test('a shape computed from a symbolic batch reaches Reshape', () => {
  const b = createBuilder('flatten')
  const x = b.input('x', 'float32', ['N', 3, 4, 5])
  const batch = b.Unsqueeze(b.Gather(b.Shape(x), b.constant('int64', [], [0])), b.ints(0))
  const y = b.Reshape(x, b.Concat([batch, b.ints(-1)], { axis: 0 }))
  expect(y.shape).toEqual(['N', 60])
  const doubled = b.Mul(b.Shape(x), b.ints(1, 2, 1, 1))
  expect(doubled.elements).toEqual(['N', 6, 4, 5])
})

const malformed: Readonly<Record<string, OperatorCase>> = {
  'an axis beyond the rank': ({ b, input }) => b.Concat([input([3])], { axis: 2 }),
  'a kernel larger than the image': ({ b, input, ones }) => b.Conv(input([1, 2, 2]), ones(1, 1, 3, 3)),
  'weights of another rank': ({ b, input, ones }) => b.Conv(input([3, 4, 4]), ones(4, 3, 3)),
  'channels that do not fit the groups': ({ b, input, ones }) =>
    b.Conv(input([3, 4, 4]), ones(4, 3, 3, 3), { group: 2 }),
  'no group at all': ({ b, input, ones }) => b.Conv(input([3, 4, 4]), ones(4, 3, 3, 3), { group: 0 }),
  'inner sizes that differ': ({ b, input, ones }) => b.MatMul(input([3]), ones(4, 5)),
  'a product with a number': ({ b, input }) => b.MatMul(input([3]), b.scalar(2)),
  'a Gemm of rank 3': ({ b, input, ones }) => b.Gemm(input([3, 4]), ones(4, 5)),
  'shapes that do not broadcast': ({ b, input, ones }) => b.Add(input([3]), ones(4)),
  'an order that is none': ({ b, input }) => b.Transpose(input([3]), { perm: [0, 0] }),
  'a wide axis that is squeezed': ({ b, input }) => b.Squeeze(input([3]), b.ints(1)),
  'an axis that is named twice': ({ b, input }) => b.Unsqueeze(input([3]), b.ints(0, 0)),
  'an axis of Softmax beyond the rank': ({ b, input }) => b.Softmax(input([3]), { axis: 2 }),
  'another number of elements': ({ b, input }) => b.Reshape(input([3, 4]), b.ints(5, 5)),
  'a rest that does not divide': ({ b, input }) => b.Reshape(input([3, 4]), b.ints(-1, 5)),
  'two rests': ({ b, input }) => b.Reshape(input([3, 4]), b.ints(-1, -1)),
  'other sizes beside the axis': ({ b, input }) => b.Concat([input([3]), input([4])], { axis: 0 }),
  'parts that do not make the whole': ({ b, input }) => b.Split(input([7]), b.ints(3, 3), { axis: 1 }),
  'parts of no number': ({ b, input }) => b.node('Split', [input([7])], { axis: 1 }, { outputCount: 2 }),
  'neither scales nor sizes': ({ b, input }) => b.Resize(input([3, 4])),
  'both scales and sizes': ({ b, input, ones }) => b.Resize(input([3]), undefined, ones(2), b.ints(2, 3)),
  'a hidden size that is not that of the weights': ({ b, input, ones }) =>
    b.node('RNN', [input([1, 3]), ones(1, 5, 3), ones(1, 5, 5)], { hidden_size: 4 }),
  'pads for another rank': ({ b, input }) => b.Pad(input([3]), b.ints(1, 1)),
  'more cut off than there is': ({ b, input }) => b.Pad(input([3]), b.ints(0, -2, 0, -2)),
  'steps of zero': ({ b, input }) => b.Slice(input([3]), b.ints(0), b.ints(3), b.ints(1), b.ints(0)),
  'a window for another rank': ({ b, input }) => b.MaxPool(input([3, 8]), { kernel_shape: [2, 2] }),
  'a stride of zero': ({ b, input }) => b.AveragePool(input([3, 8]), { kernel_shape: [2], strides: [0] }),
  'a kernel of negative size': ({ b, input, ones }) => b.Conv(input([1, 8]), ones(1, 1, 3), { kernel_shape: [-3] }),
  'channels of a ConvTranspose that differ': ({ b, input, ones }) => b.ConvTranspose(input([3, 5]), ones(4, 2, 3)),
  'a bias wider than the product': ({ b, input, ones }) => b.Gemm(input([3]), ones(3, 1), ones(1, 5)),
  'blocks that do not divide': ({ b, input }) => b.SpaceToDepth(input([1, 5, 4]), { blocksize: 2 }),
  'repeats for another rank': ({ b, input }) => b.Tile(input([3]), b.ints(2)),
  'scales for another number of channels': ({ b, input, ones }) => b.QuantizeLinear(input([3, 4]), ones(4)),
  'a negative number of classes': ({ b, input }) => b.OneHot(b.Cast(input([3]), { to: 7 }), b.ints(-1), b.ints(0, 1)),
  'a letter too many': ({ b, input, ones }) => b.Einsum([input([3]), ones(3)], { equation: 'abc,a' }),
}

test.for(Object.entries(malformed))('%s is a MODEL_SHAPE error that names the node', ([, operatorCase]) => {
  expect(() => build(operatorCase, 2)).toThrowError(
    expect.objectContaining({ code: 'MODEL_SHAPE', node: expect.anything() }),
  )
})

test('a graph of known shapes has no unknown size', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', ['N', 1, 'H', 'W'])
  const conv = b.Conv(x, b.constant('float32', [2, 1, 3, 3], new Float32Array(18)), { strides: [2, 2] })
  b.output(b.Flatten(b.GlobalAveragePool(b.Relu(conv))))
  const bound = withInputShapes(b.build(), { x: [4, 1, 9, 9] })
  for (const { shape } of inferTypes(bound).values.values())
    expect(shape?.every(size => typeof size === 'number')).toBe(true)
})
