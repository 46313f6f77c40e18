import { createBuilder, type Graph, type Node, operators, saveModel, type Tensor, tensorOf } from '@pare/core-graph'
// Test material of core-graph, not of its public face: a graph of each operator.
import { operatorCases } from '../../../../packages/core-graph/src/testing/operator-cases.ts'
import { nestedGraph } from '../mutate-model.ts'
import { type Field, fieldBytes, isMessage, parseFields } from '../protobuf-tree.ts'
import type { Seed } from './seed.ts'

const floats = (dims: readonly number[], value = 0.5): Tensor =>
  tensorOf('float32', dims, Array(dims.reduce((product, dim) => product * dim, 1)).fill(value))

/** What a MobileNet is made of, in little. */
function convolutional(): Graph {
  const b = createBuilder('convolutional')
  const x = b.input('x', 'float32', ['N', 3, 8, 8])
  const weights = (name: string, ...dims: number[]) => b.initializer(name, floats(dims))
  const conv = b.Conv(x, weights('w1', 4, 3, 3, 3), weights('b1', 4), { pads: [1, 1, 1, 1] })
  const normal = b.BatchNormalization(
    conv,
    ...(['g', 'b', 'm', 'v'].map(name => weights(name, 4)) as [never, never, never, never]),
  )
  const depthwise = b.Conv(b.Clip(normal, b.scalar(0), b.scalar(6)), weights('w2', 4, 1, 3, 3), undefined, {
    group: 4,
    strides: [2, 2],
  })
  const pooled = b.GlobalAveragePool(b.Add(depthwise, depthwise))
  const logits = b.Gemm(b.Flatten(pooled), weights('w3', 4, 5), weights('b3', 5))
  b.output(b.named(b.Softmax(logits, { axis: 1 }), 'y'))
  return b.build()
}

/** Arithmetic on shapes, as exporters write it. */
function shapes(): Graph {
  const b = createBuilder('shapes')
  const x = b.input('x', 'float32', ['N', 'C', 4, 4])
  const size = b.Shape(x)
  const half = b.Div(b.Gather(size, b.ints(2)), b.ints(2))
  const wished = b.Concat([b.Slice(size, b.ints(0), b.ints(1)), b.ints(-1), b.Mul(half, b.ints(2))], { axis: 0 })
  const reshaped = b.Reshape(x, wished)
  const filled = b.ConstantOfShape(b.Unsqueeze(b.Squeeze(half), b.ints(0)), { value: tensorOf('float32', [1], [2]) })
  const range = b.Range(b.constant('int64', [], [0]), b.constant('int64', [], [6]), b.constant('int64', [], [2]))
  const mask = b.Equal(b.Expand(b.Unsqueeze(range, b.ints(1)), b.ints(3, 2)), b.ints(2))
  const chosen = b.Where(mask, b.Tile(b.Unsqueeze(filled, b.ints(0)), b.ints(3, 1)), b.scalar(1))
  b.output(reshaped)
  b.output(chosen)
  b.output(
    b.Transpose(b.Cast(b.Resize(x, undefined, b.constant('float32', [4], [1, 1, 2, 2])), { to: 10 }), {
      perm: [0, 2, 3, 1],
    }),
  )
  b.output(b.Pad(x, b.ints(0, 0, 1, 1, 0, 0, 1, 1)))
  return b.build()
}

/** Attention, gates and a choice: three-dimensional products, Split, TopK, LSTM. */
function sequence(): Graph {
  const b = createBuilder('sequence')
  const x = b.input('x', 'float32', [2, 'T', 6])
  const normal = b.LayerNormalization(x, b.initializer('scale', floats([6])), b.initializer('shift', floats([6])))
  const [q, k, v] = b.Split(b.MatMul(normal, b.initializer('qkv', floats([6, 18]))), b.ints(6, 6, 6), { axis: 2 })
  if (!q || !k || !v) throw new Error('Split makes three parts')
  const attended = b.MatMul(b.Softmax(b.MatMul(q, b.Transpose(k, { perm: [0, 2, 1] }))), v)
  const [values, indices] = b.TopK(b.ReduceMean(b.Gelu(b.Add(attended, x)), b.ints(1), { keepdims: 0 }), b.ints(2))
  b.output(values)
  b.output(indices)
  b.output(b.Einsum([q, v], { equation: 'btd,bsd->bts' }))
  const steps = b.Transpose(x, { perm: [1, 0, 2] })
  b.output(
    b.LSTM(steps, b.initializer('W', floats([1, 20, 6])), b.initializer('R', floats([1, 20, 5])), { hidden_size: 5 }),
  )
  return b.build()
}

/** Weights in int8 behind DequantizeLinear, activations between Q and DQ. */
function quantized(): Graph {
  const b = createBuilder('quantized')
  const scale = b.scalar(0.1)
  const zero = b.constant('uint8', [], [128])
  const pair = (value: Parameters<typeof b.Relu>[0]) =>
    b.DequantizeLinear(b.QuantizeLinear(value, scale, zero), scale, zero)
  const x = b.input('x', 'float32', [1, 2, 4, 4])
  const bytes = b.initializer('w', tensorOf('int8', [3, 2, 1, 1], [1, -2, 3, -4, 5, -6]))
  const weights = b.DequantizeLinear(bytes, b.initializer('ws', floats([3])), undefined, { axis: 0 })
  const bias = b.DequantizeLinear(
    b.initializer('b', tensorOf('int32', [3], [1, 2, 3])),
    b.initializer('bs', floats([3])),
    undefined,
    { axis: 0 },
  )
  b.output(pair(b.Relu(b.Conv(pair(x), weights, bias))))
  return b.build()
}

const emptyBody = { inputs: [], outputs: [], nodes: [], initializers: new Map(), valueInfo: new Map() }
const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Node['attributes'] = {},
  domain = '',
): Node => ({
  name: `${op}_${outputs[0]}`,
  op,
  domain,
  inputs,
  outputs,
  attributes,
})
const value = (name: string, dataType: 'float32' | 'int64' | 'bool', shape: readonly (number | string)[]) => ({
  name,
  type: { dataType, shape },
})
const graph = (parts: Partial<Graph>): Graph => ({
  ...emptyBody,
  name: 'graph',
  opsets: new Map([['', 21]]),
  metadata: new Map([['author', 'fuzz']]),
  functions: [],
  ...parts,
})

/** If and Loop, whose bodies take values from around them and hide others. */
function controlFlow(): Graph {
  const branch = (name: string, op: string) => ({
    kind: 'graph' as const,
    value: {
      ...emptyBody,
      name,
      initializers: new Map([['k', floats([1])]]),
      nodes: [node('Identity', ['x'], [`${name}_i`]), node(op, [`${name}_i`, 'k'], [`${name}_y`])],
      outputs: [value(`${name}_y`, 'float32', ['N'])],
    },
  })
  const body = {
    kind: 'graph' as const,
    value: {
      ...emptyBody,
      name: 'body',
      inputs: [value('i', 'int64', []), value('go', 'bool', []), value('s', 'float32', ['N'])],
      nodes: [
        node('Identity', ['go'], ['go_on']),
        node('Add', ['s', 'x'], ['next']),
        node('Dropout', ['next'], ['scanned']),
      ],
      outputs: [value('go_on', 'bool', []), value('next', 'float32', ['N']), value('scanned', 'float32', ['N'])],
    },
  }
  return graph({
    inputs: [value('x', 'float32', ['N']), value('c', 'bool', [])],
    initializers: new Map([['count', tensorOf('int64', [], [3])]]),
    nodes: [
      node('If', ['c'], ['chosen'], { then_branch: branch('then', 'Add'), else_branch: branch('else', 'Mul') }),
      node('Loop', ['count', '', 'chosen'], ['last', 'all'], { body }),
    ],
    outputs: [value('last', 'float32', ['N']), value('all', 'float32', [3, 'N'])],
  })
}

const int = (value: number) => ({ kind: 'int' as const, value })
const ints = (...value: number[]) => ({ kind: 'ints' as const, value })
const float = (value: number) => ({ kind: 'float' as const, value })

/** The forms of operator sets 7 to 10, all of which are rewritten. */
const old = () =>
  graph({
    opsets: new Map([['', 7]]),
    inputs: [value('x', 'float32', ['N', 3, 4, 4])],
    initializers: new Map(['g', 'b', 'm', 'v'].map(name => [name, floats([3])])),
    nodes: [
      node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], ['n'], { epsilon: float(1e-5), spatial: int(1) }),
      node('Dropout', ['n'], ['d'], { ratio: float(0.5) }),
      node('Clip', ['d'], ['c'], { min: float(0), max: float(6) }),
      node('Pad', ['c'], ['p'], { pads: ints(0, 0, 1, 1, 0, 0, 1, 1), mode: { kind: 'string', value: 'constant' } }),
      node('Upsample', ['p'], ['u'], { scales: { kind: 'floats', value: [1, 1, 2, 2] } }),
      node('Slice', ['u'], ['s'], { axes: ints(2), starts: ints(1), ends: ints(-1) }),
      node('ReduceMean', ['s'], ['r'], { axes: ints(2, 3), keepdims: int(0) }),
      node('TopK', ['r'], ['t', 'where'], { k: int(2) }),
      node('Unsqueeze', ['t'], ['q'], { axes: ints(0) }),
      node('Split', ['q'], ['h1', 'h2'], { axis: int(2), split: ints(1, 1) }),
      node('Softmax', ['h1'], ['y'], { axis: int(1) }),
    ],
    outputs: [value('y', 'float32', [1, 'N', 1])],
  })

const middle = () =>
  graph({
    opsets: new Map([['', 11]]),
    inputs: [value('x', 'float32', [2, 3, 4, 4])],
    initializers: new Map<string, Tensor>([
      ['sizes', tensorOf('int64', [4], [2, 3, 8, 8])],
      ['none', tensorOf('float32', [0], [])],
    ]),
    nodes: [
      node('Resize', ['x', 'none', 'none', 'sizes'], ['r'], { mode: { kind: 'string', value: 'linear' } }),
      node('ReduceSum', ['r'], ['s'], { axes: ints(-1), keepdims: int(1) }),
      node('Squeeze', ['s'], ['q'], { axes: ints(3) }),
      node('Softmax', ['q'], ['y']),
    ],
    outputs: [value('y', 'float32', [2, 3, 8])],
  })

/** A tensor of each element type that JavaScript can hold, strings and attributes of each kind. */
function types(): Graph {
  const number = [
    'float64',
    'uint8',
    'int8',
    'uint16',
    'int16',
    'int32',
    'int64',
    'bool',
    'float16',
    'uint32',
    'uint64',
    'bfloat16',
  ] as const
  const initializers = new Map<string, Tensor>(number.map(type => [type, tensorOf(type, [2], [1, 1])]))
  const small = ['uint4', 'int4', 'uint2', 'float8e4m3fn', 'complex64'] as const
  for (const dataType of small)
    initializers.set(dataType, {
      dataType,
      dims: [2],
      storage: {
        kind: 'bytes',
        bytes: new Uint8Array({ uint4: 1, int4: 1, uint2: 1, float8e4m3fn: 2, complex64: 16 }[dataType]),
      },
    })
  const names = [...initializers.keys()]
  return graph({
    opsets: new Map([
      ['', 21],
      ['custom', 1],
    ]),
    inputs: [value('x', 'float32', [2])],
    initializers,
    nodes: [
      ...names.map(name => node('Identity', [name], [`${name}_`])),
      node(
        'Custom',
        ['x', '', ...names.map(name => `${name}_`)],
        ['y', ''],
        {
          f: float(1.5),
          i: int(2),
          s: { kind: 'string', value: 'text' },
          t: { kind: 'tensor', value: floats([2]) },
          fs: { kind: 'floats', value: [1, 2] },
          is: ints(1, 2),
          ss: { kind: 'strings', value: ['a', '__proto__'] },
        },
        'custom',
      ),
    ],
    outputs: [value('y', 'float32', [2])],
  })
}

const text = (value: string) => Buffer.from(value, 'utf8')
const bytesOf = (model: Graph) => saveModel(model).model

/** Fields added to a model's graph (7) and to the model itself. */
function extended(model: Graph, inGraph: readonly Field[], inModel: readonly Field[] = []): Uint8Array {
  const fields = parseFields(bytesOf(model))
  return fieldBytes([
    ...fields.map(field =>
      field.number === 7 && isMessage(field) ? { number: 7, value: [...field.value, ...inGraph] } : field,
    ),
    ...inModel,
  ])
}

const packed = (...values: number[]) => Uint8Array.from(values)
const opset = (version: bigint): Field[] => [
  { number: 1, value: text('') },
  { number: 2, value: version },
]

/** A function of the model that calls another twice, or adds, on the way from input a to output b. */
const functionOf = (name: string, called: string): Field => {
  const call = (from: string, to: string): Field => ({
    number: 7,
    value: [
      { number: 1, value: text(from) },
      ...(called === 'Add' ? [{ number: 1, value: text(from) }] : [{ number: 7, value: text('custom') }]),
      { number: 2, value: text(to) },
      { number: 4, value: text(called) },
    ],
  })
  return {
    number: 25,
    value: [
      { number: 1, value: text(name) },
      { number: 4, value: text('a') },
      { number: 5, value: text('b') },
      call('a', 'h'),
      call('h', 'b'),
      { number: 9, value: opset(21n) },
      {
        number: 9,
        value: [
          { number: 1, value: text('custom') },
          { number: 2, value: 1n },
        ],
      },
      { number: 10, value: text('custom') },
    ],
  }
}

/** Functions that double each other: four calls become 32 nodes. */
const functions = () =>
  extended(
    graph({
      opsets: new Map([
        ['', 21],
        ['custom', 1],
      ]),
      inputs: [value('x', 'float32', [2])],
      nodes: [node('f3', ['x'], ['h'], {}, 'custom'), node('f3', ['h'], ['y'], {}, 'custom')],
      outputs: [value('y', 'float32', [2])],
    }),
    [],
    [functionOf('f0', 'Add'), functionOf('f1', 'f0'), functionOf('f2', 'f1'), functionOf('f3', 'f2')],
  )

/** Strings in an initializer, a sparse initializer and an annotation: kept, and not looked into. */
const unusual = () =>
  extended(
    convolutional(),
    [
      {
        number: 5,
        value: [
          { number: 1, value: packed(2) },
          { number: 2, value: 8n },
          { number: 6, value: text('a') },
          { number: 6, value: text('b') },
          { number: 8, value: text('strings') },
        ],
      },
      {
        number: 15,
        value: [
          {
            number: 1,
            value: [
              { number: 1, value: packed(1) },
              { number: 2, value: 1n },
              { number: 8, value: text('sparse') },
              { number: 9, value: packed(0, 0, 128, 63) },
            ],
          },
          {
            number: 2,
            value: [
              { number: 1, value: packed(1) },
              { number: 2, value: 7n },
              { number: 7, value: packed(2) },
            ],
          },
          { number: 3, value: packed(4) },
        ],
      },
      {
        number: 14,
        value: [
          { number: 1, value: text('w1') },
          {
            number: 2,
            value: [
              { number: 1, value: text('SCALE_TENSOR') },
              { number: 2, value: text('b1') },
            ],
          },
        ],
      },
    ],
    [
      {
        number: 14,
        value: [
          { number: 1, value: text('__proto__') },
          { number: 2, value: text('v') },
        ],
      },
    ],
  )

/** As deep as protobuf allows: 100 messages, three for each graph inside a graph. */
const deep = () => {
  const fields = parseFields(
    bytesOf(
      graph({
        inputs: [value('x', 'float32', [2])],
        nodes: [node('Relu', ['x'], ['y'])],
        outputs: [value('y', 'float32', [2])],
      }),
    ),
  )
  return fieldBytes(
    fields.map(field =>
      field.number === 7 && isMessage(field) ? { number: 7, value: nestedGraph(field.value, 30) } : field,
    ),
  )
}

/** All that the operator's own test builds, in one graph. */
function operatorGraph(op: keyof typeof operators, batch: number | string): Graph {
  const b = createBuilder(op)
  let inputs = 0
  const made = operatorCases[op]({
    b,
    batch,
    input: (sizes, dataType = 'float32') => b.input(`x${inputs++}`, dataType, [batch, ...sizes]),
    ones: (...dims) => b.initializer('ones', floats(dims, 1)),
  })
  for (const output of [made].flat()) if ('name' in output) b.output(output)
  return b.build()
}

const operatorNames = Object.keys(operators) as (keyof typeof operators)[]

/** Where the tensors of models with external data lie: long enough for all that the seeds refer to. */
export const externalBytes = new Uint8Array(65_536)

/** Small valid models: each operator, and what exporters make of them, in old forms and new. */
export const modelSeeds: readonly Seed[] = [
  { name: 'convolutional', bytes: bytesOf(convolutional()) },
  { name: 'shapes', bytes: bytesOf(shapes()) },
  { name: 'sequence', bytes: bytesOf(sequence()) },
  { name: 'quantized', bytes: bytesOf(quantized()) },
  { name: 'control-flow', bytes: bytesOf(controlFlow()) },
  { name: 'opset-7', bytes: bytesOf(old()) },
  { name: 'opset-11', bytes: bytesOf(middle()) },
  { name: 'types', bytes: bytesOf(types()) },
  { name: 'unusual', bytes: unusual() },
  { name: 'functions', bytes: functions() },
  { name: 'deep', bytes: deep() },
  {
    name: 'external',
    bytes: saveModel(convolutional(), { external: { location: 'weights.bin', threshold: 16 } }).model,
  },
  ...operatorNames.map((op, index) => ({ name: op, bytes: bytesOf(operatorGraph(op, index % 2 === 0 ? 2 : 'N')) })),
]
