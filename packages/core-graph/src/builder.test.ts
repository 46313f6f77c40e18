import { expect, test } from 'vitest'
import { createBuilder, createRewriter } from './builder.ts'
import { loadModel } from './load.ts'
import { attribute } from './operator.ts'
import { saveModel } from './save.ts'
import { tensorOf } from './tensor.ts'

test('every node knows its types as soon as it is made', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', ['N', 3, 8, 8])
  const w = b.initializer('w', tensorOf('float32', [4, 3, 3, 3], new Float32Array(108)))
  const y = b.Relu(b.Conv(x, w, { pads: [1, 1, 1, 1], strides: [2, 2] }))
  expect(y).toMatchObject({ dataType: 'float32', shape: ['N', 4, 4, 4] })
})

test('a wrong shape is an error where it is made', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [2, 3])
  expect(() => b.Add(x, b.input('y', 'float32', [2, 4]))).toThrow('do not broadcast')
})

test('equal small constants are stored once', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [2])
  b.output(b.Add(b.Add(x, b.scalar(1)), b.scalar(1)))
  b.output(b.Add(x, b.constant('float32', [1], [1])))
  expect(b.build().initializers.size).toBe(2)
})

test('zero and minus zero are two constants', () => {
  const b = createBuilder('net')
  expect(b.scalar(-0).name).not.toBe(b.scalar(0).name)
})

test('scopes and names are what a reader of the graph sees', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [2])
  const y = b.scope('block', () =>
    b.named(
      b.scope('inner', () => b.Relu(x)),
      'features',
    ),
  )
  b.output(b.named(b.Neg(y), 'logits'))
  const graph = b.build()
  expect(graph.nodes.map(({ name, inputs, outputs }) => [name, inputs, outputs])).toEqual([
    ['block/inner/Relu', ['x'], ['features']],
    ['Neg', ['features'], ['logits']],
  ])
  expect(graph.outputs.map(({ name }) => name)).toEqual(['logits'])
})

test('names that are taken get a number', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [2])
  b.output(b.named(b.Relu(b.Relu(x)), 'x'))
  const graph = b.build()
  expect(graph.nodes.map(({ name }) => name)).toEqual(['Relu', 'Relu_1'])
  expect(graph.outputs[0]?.name).toBe('x_1')
})

test('an optional input in the middle is left out by undefined', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [2])
  b.output(b.Clip(x, undefined, b.scalar(6)))
  expect(b.build().nodes[0]?.inputs).toEqual(['x', '', 'constant'])
})

test('Split gives as many values as it is told', () => {
  const b = createBuilder('net')
  const parts = b.Split(b.input('x', 'float32', [2, 7]), { axis: 1, num_outputs: 3 })
  expect(parts.map(({ shape }) => shape)).toEqual([
    [2, 3],
    [2, 3],
    [2, 1],
  ])
})

test('Split gives as many values as it gets sizes', () => {
  const b = createBuilder('net')
  const parts = b.Split(b.input('x', 'float32', [2, 7]), b.ints(3, 4), { axis: 1 })
  expect(parts.map(({ shape }) => shape)).toEqual([
    [2, 3],
    [2, 4],
  ])
})

test('one output comes by itself, several as a tuple of their number', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', ['T', 'N', 3])
  const weights = (...dims: number[]) => b.constant('float32', dims, new Float32Array(dims.reduce((p, q) => p * q, 1)))
  const [values, indices] = b.TopK(x, b.ints(2))
  expect([values.shape, indices.dataType]).toEqual([['T', 'N', 2], 'int64'])
  expect(b.GRU(x, weights(1, 15, 3), weights(1, 15, 5), { hidden_size: 5 }).shape).toEqual(['T', 1, 'N', 5])
  // @ts-expect-error TopK makes two values.
  const [, , third] = b.TopK(x, b.ints(2))
  expect(third).toBeUndefined()
})

test('an attribute that the specification requires is asked for when compiling, and when running', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [1, 1, 4])
  // @ts-expect-error MaxPool requires kernel_shape.
  expect(() => b.MaxPool(x)).toThrow('has no attribute kernel_shape')
  // @ts-expect-error Another attribute does not stand for it.
  expect(() => b.MaxPool(x, { strides: [2] })).toThrow('has no attribute kernel_shape')
})

test('an operator of another domain needs its types, and brings its domain', () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [2])
  expect(() => b.node('QuickGelu', [x], {}, { domain: 'com.microsoft' })).toThrow('no shape rule')
  const [y] = b.node('QuickGelu', [x], { alpha: 1.5 }, { domain: 'com.microsoft', outputTypes: [x] })
  if (y) b.output(y)
  const graph = b.build()
  expect(graph.opsets.get('com.microsoft')).toBe(1)
  expect(graph.nodes[0]?.attributes).toEqual({ alpha: { kind: 'float', value: 1.5 } })
})

test('a whole number for a float attribute stays a float', () => {
  const b = createBuilder('net')
  b.output(b.LeakyRelu(b.input('x', 'float32', [2]), { alpha: 1 }))
  expect(loadModel(saveModel(b.build()).model).nodes[0]?.attributes.alpha).toMatchObject({ kind: 'float', value: 1 })
})

test('a builder goes on from a graph and leaves that as it was', () => {
  const first = createBuilder('net')
  first.output(first.named(first.Relu(first.input('x', 'float32', [2])), 'y'))
  const graph = first.build()
  const more = createBuilder(graph)
  more.output(more.Neg(more.value('y')))
  expect(more.build().nodes.map(({ op }) => op)).toEqual(['Relu', 'Neg'])
  expect(graph.nodes).toHaveLength(1)
  expect(() => more.value('z')).toThrow('no value named z')
})

test('adds to graphs of its own operator set or a newer one only', () => {
  const base = (opsets: ReadonlyMap<string, number>) => ({ ...createBuilder('net').build(), opsets })
  expect(() => createBuilder(base(new Map([['', 20]])))).toThrow(
    expect.objectContaining({ code: 'MODEL_OPSET', hint: 'Upgrade it first: upgradeOpset(graph).' }),
  )
  expect(createBuilder(base(new Map([['', 22]]))).build().opsets).toEqual(new Map([['', 22]]))
  const b = createBuilder(base(new Map([['mine', 1]])))
  b.output(b.Relu(b.input('x', 'float32', [1])))
  expect([...b.build().opsets]).toEqual([
    ['mine', 1],
    ['', 21],
  ])
})

test('what no rule says of an operator is written down: whoever builds on the graph knows it', () => {
  const b = createBuilder('net')
  const types = [{ dataType: 'float32', shape: [2, 2] }] as const
  const [y] = b.node(
    'Square',
    [b.input('x', 'float32', [2, 2])],
    { power: 2 },
    {
      domain: 'custom',
      outputTypes: types,
      specs: { power: attribute.float(1) },
    },
  )
  if (y) b.output(b.named(y, 'y'))
  const graph = b.build()
  expect(graph.nodes[0]?.attributes.power).toEqual({ kind: 'float', value: 2 })
  expect(createBuilder(graph).value('y')).toMatchObject(types[0])
})

test('a graph is rewritten node by node: the names of all of its nodes stay theirs', () => {
  const b = createBuilder('net')
  b.output(b.Relu(b.Relu(b.input('x', 'float32', [2]))))
  const graph = b.build()
  const [first, second] = graph.nodes
  const rewriter = createRewriter(graph)
  expect(rewriter.Relu(rewriter.value('x')).name).toBe('Relu_2:0')
  expect(first && rewriter.add(first)).toMatchObject([{ name: 'Relu:0', shape: [2] }])
  if (second) rewriter.add(second)
  const { nodes, outputs } = rewriter.build()
  expect(nodes.map(({ name }) => name)).toEqual(['Relu_2', 'Relu', 'Relu_1'])
  expect(outputs).toEqual(graph.outputs)
})

test('a tensor is split into more parts than are followed of a shape', () => {
  const b = createBuilder('many')
  const parts = b.Split(b.input('x', 'float32', [300]), b.ints(...Array<number>(100).fill(3)))
  expect(parts.map(({ shape }) => shape)).toEqual(Array(100).fill([3]))
})
