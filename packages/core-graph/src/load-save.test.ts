import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import {
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType as Type,
} from 'onnx-buf'
import { expect, test } from 'vitest'
import { createBuilder } from './builder.ts'
import { ModelError } from './errors.ts'
import type { Graph } from './graph.ts'
import { loadModel } from './load.ts'
import { saveModel } from './save.ts'
import { type Tensor, tensorElements, tensorOf } from './tensor.ts'
import { expectSameOutputs } from './testing/expect-same-outputs.ts'
import { upgradeOpset } from './upgrade-opset.ts'

const opsetImport = [{ domain: '', version: 21n }]
const tensorType = (...sizes: number[]) => ({
  value: {
    case: 'tensorType' as const,
    value: {
      elemType: Type.FLOAT,
      shape: { dim: sizes.map(size => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) },
    },
  },
})
const info = (name: string, ...sizes: number[]) => ({ name, type: tensorType(...sizes) })

/** y = Relu(x + w), with whatever else is given. */
const model = (graph: object = {}, rest: object = {}): ModelProto =>
  create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport,
    graph: {
      name: 'g',
      input: [info('x', 2)],
      output: [info('y', 2)],
      node: [
        { opType: 'Add', input: ['x', 'w'], output: ['sum'] },
        { name: 'relu', opType: 'Relu', input: ['sum'], output: ['y'] },
      ],
      initializer: [
        { name: 'w', dims: [2n], dataType: Type.FLOAT, rawData: new Uint8Array(new Float32Array([1, -2]).buffer) },
      ],
      ...graph,
    },
    ...rest,
  })

const load = (proto: ModelProto, options = {}) => loadModel(toBinary(ModelProtoSchema, proto), options)
const reread = (graph: Graph) => fromBinary(ModelProtoSchema, saveModel(graph).model)

/** That loading and saving changes nothing at all. */
const expectUnchanged = (proto: ModelProto) =>
  expect(reread(load(proto))).toEqual(fromBinary(ModelProtoSchema, toBinary(ModelProtoSchema, proto)))

test('what Pare does not look into comes back as it was', () => {
  expectUnchanged(
    model(
      {
        docString: 'a graph',
        metadataProps: [{ key: 'k', value: 'v' }],
        valueInfo: [info('sum', 2)],
        sparseInitializer: [
          {
            values: { name: 's', dims: [1n], dataType: Type.FLOAT, floatData: [1] },
            indices: { dims: [1n], dataType: Type.INT64, int64Data: [0n] },
            dims: [4n],
          },
        ],
        quantizationAnnotation: [{ tensorName: 'w', quantParameterTensorNames: [{ key: 'SCALE_TENSOR', value: 's' }] }],
      },
      {
        producerName: 'someone',
        docString: 'a model',
        metadataProps: [{ key: 'author', value: 'me' }],
        functions: [
          {
            name: 'f',
            domain: 'mine',
            input: ['a'],
            output: ['b'],
            node: [{ opType: 'Relu', input: ['a'], output: ['b'] }],
            opsetImport,
          },
        ],
        trainingInfo: [{ algorithm: { name: 'step' } }],
      },
    ),
  )
})

test('attributes of every kind and bodies come back as they were', () => {
  const body = { name: 'body', node: [{ opType: 'Neg', input: ['x'], output: ['b'] }], output: [info('b', 2)] }
  const attribute = [
    { name: 'f', type: Kind.FLOAT, f: 0.5 },
    { name: 'i', type: Kind.INT, i: 2n ** 62n + 1n },
    { name: 's', type: Kind.STRING, s: new Uint8Array([255, 0]) },
    { name: 't', type: Kind.TENSOR, t: { dims: [1n], dataType: Type.DOUBLE, doubleData: [3] } },
    { name: 'floats', type: Kind.FLOATS, floats: [1, 2] },
    { name: 'ints', type: Kind.INTS, ints: [-1n, 2n ** 63n - 1n] },
    { name: 'strings', type: Kind.STRINGS, strings: [new Uint8Array([97])] },
    { name: 'g', type: Kind.GRAPH, g: body, docString: 'kept' },
    { name: 'graphs', type: Kind.GRAPHS, graphs: [body, body] },
    { name: 'tp', type: Kind.TYPE_PROTO, tp: tensorType(3) },
  ]
  expectUnchanged(
    model({
      node: [
        {
          name: 'mine',
          domain: 'mine',
          opType: 'Anything',
          input: ['x', '', 'w'],
          output: ['y', ''],
          attribute,
          docString: 'doc',
          overload: 'o',
        },
      ],
    }),
  )
})

test('fields from a newer ONNX are kept', () => {
  // Field 1000 of the model, a varint, stands for what this version does not know.
  const bytes = toBinary(ModelProtoSchema, model())
  const newer = new Uint8Array([...bytes, 0xc0, 0x3e, 0x2a])
  expect([...saveModel(loadModel(newer)).model.slice(-3)]).toEqual([0xc0, 0x3e, 0x2a])
})

test('tensors are the same to the byte, however they are stored', () => {
  const tensors = [
    { name: 'f', dims: [2n], dataType: Type.FLOAT, floatData: [1.5, -0] },
    { name: 'd', dims: [1n], dataType: Type.DOUBLE, doubleData: [Math.PI] },
    { name: 'i8', dims: [3n], dataType: Type.INT8, int32Data: [-128, 0, 127] },
    { name: 'u8', dims: [2n], dataType: Type.UINT8, int32Data: [0, 255] },
    { name: 'i64', dims: [1n], dataType: Type.INT64, int64Data: [-(2n ** 63n)] },
    { name: 'u32', dims: [1n], dataType: Type.UINT32, uint64Data: [4294967295n] },
    { name: 'b', dims: [2n], dataType: Type.BOOL, int32Data: [1, 0] },
    { name: 'h', dims: [1n], dataType: Type.FLOAT16, int32Data: [15360] },
    { name: 's', dims: [1n], dataType: Type.STRING, stringData: [new Uint8Array([104, 105])] },
    { name: 'i4', dims: [3n], dataType: Type.INT4, rawData: new Uint8Array([0x21, 0x03]) },
    { name: 'empty', dims: [0n], dataType: Type.FLOAT },
  ]
  const proto = model({ initializer: [...(model().graph?.initializer ?? []), ...tensors] })
  expectUnchanged(proto)
  const { initializers } = load(proto)
  const elements = (name: string) => [...tensorElements(initializers.get(name) as Tensor)]
  expect(elements('f')).toEqual([1.5, -0])
  expect(elements('i8')).toEqual([-128, 0, 127])
  expect(elements('u8')).toEqual([0, 255])
  expect(elements('i64')).toEqual([-(2n ** 63n)])
  expect(elements('u32')).toEqual([4294967295])
  expect(elements('h')).toEqual([15360])
  expect(elements('empty')).toEqual([])
})

test('after an edit only what was changed differs', () => {
  const graph = load(model({ docString: 'kept' }, { producerName: 'someone' }))
  const [add, relu] = graph.nodes
  const edited = reread({ ...graph, nodes: add && relu ? [add, { ...relu, op: 'Neg' }] : [] })
  const expected = fromBinary(
    ModelProtoSchema,
    toBinary(ModelProtoSchema, model({ docString: 'kept' }, { producerName: 'someone' })),
  )
  if (expected.graph?.node[1]) expected.graph.node[1].opType = 'Neg'
  expect(edited).toEqual(expected)
})

test('the largest int64, which is no number of JavaScript, survives an upgrade', async () => {
  const [slice] =
    create(ModelProtoSchema, {
      graph: {
        node: [
          {
            name: 'slice',
            opType: 'Slice',
            input: ['x'],
            output: ['y'],
            attribute: [
              { name: 'starts', type: Kind.INTS, ints: [1n] },
              { name: 'ends', type: Kind.INTS, ints: [2n ** 63n - 1n] },
            ],
          },
        ],
      },
    }).graph?.node ?? []
  const old = load(
    model(
      { node: [slice], output: [info('y', 1)], initializer: [] },
      { irVersion: 4n, opsetImport: [{ domain: '', version: 9n }] },
    ),
  )
  await expectSameOutputs(old, upgradeOpset(old))
})

test('nodes without a name get one, and are saved without', () => {
  const graph = load(model())
  expect(graph.nodes.map(({ name }) => name)).toEqual(['Add_0', 'relu'])
  expect(reread(graph).graph?.node.map(({ name }) => name)).toEqual(['', 'relu'])
})

test('initializers that an old file lists as inputs are no inputs, and are saved as they were', () => {
  const proto = model(
    { input: [info('x', 2), info('w', 2)] },
    { irVersion: 3n, opsetImport: [{ domain: 'ai.onnx', version: 8n }] },
  )
  expect(load(proto).inputs.map(({ name }) => name)).toEqual(['x'])
  expectUnchanged(proto)
})

test('nodes out of order are put in order', async () => {
  const [add, relu] = model().graph?.node ?? []
  const graph = load(model({ node: [relu, add] }))
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Add', 'Relu'])
  await expectSameOutputs(load(model()), graph)
})

test('external data is read when it is used, and comes back inside the file on request', () => {
  const weights = new Float32Array(300).map((_, index) => index)
  const b = createBuilder('external')
  b.output(b.Add(b.input('x', 'float32', [300]), b.initializer('w', tensorOf('float32', [300], weights))))
  const { model: bytes, externalData } = saveModel(b.build(), { external: { location: 'w.data' } })
  const file = new Uint8Array(externalData.flatMap(piece => [...piece]))
  const reads: string[] = []
  const graph = loadModel(bytes, {
    readExternal: (location, offset, length) => {
      reads.push(location)
      return file.slice(offset, offset + length)
    },
  })
  expect(reads).toEqual([])
  expect([...tensorElements(graph.initializers.get('w') as Tensor)]).toEqual([...weights])
  expect(reads).toEqual(['w.data'])
  const [again] = saveModel(graph, { external: { location: 'other.data' } }).externalData.slice(-1)
  expect(again).toEqual(new Uint8Array(weights.buffer))
})

test('any float tensor survives', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1 }), values => {
      const b = createBuilder('any')
      b.output(
        b.Add(
          b.input('x', 'float32', [values.length]),
          b.initializer('w', tensorOf('float32', [values.length], values)),
        ),
      )
      const graph = loadModel(saveModel(b.build()).model)
      expect([...tensorElements(graph.initializers.get('w') as Tensor)]).toEqual([...values])
    }),
  )
})

const codeOf = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    if (error instanceof ModelError) return error.code
    throw error
  }
  return 'none'
}

const wrong: Readonly<Record<string, () => unknown>> = {
  MODEL_EMPTY: () => loadModel(new Uint8Array()),
  MODEL_NOT_ONNX: () => loadModel(new TextEncoder().encode('no model at all')),
  MODEL_OPSET: () => load(model({}, { opsetImport: [{ domain: '', version: 99n }] })),
  MODEL_CYCLE: () =>
    load(
      model({
        node: [
          { opType: 'Add', input: ['x', 'y'], output: ['a'] },
          { opType: 'Relu', input: ['a'], output: ['y'] },
        ],
      }),
    ),
  MODEL_UNKNOWN_VALUE: () => load(model({ node: [{ opType: 'Relu', input: ['nothing'], output: ['y'] }] })),
  MODEL_DUPLICATE_VALUE: () =>
    load(
      model({
        node: [
          { opType: 'Relu', input: ['x'], output: ['y'] },
          { opType: 'Neg', input: ['x'], output: ['y'] },
        ],
      }),
    ),
  MODEL_ZERO_DIMENSION: () => load(model({ input: [info('x', 0)] })),
  MODEL_TENSOR_SIZE: () =>
    load(model({ initializer: [{ name: 'w', dims: [3n], dataType: Type.FLOAT, rawData: new Uint8Array(8) }] })),
  MODEL_TENSOR_TYPE: () =>
    load(model({ initializer: [{ name: 'w', dims: [2n], dataType: 99, rawData: new Uint8Array(8) }] })),
  MODEL_EXTERNAL_DATA: () =>
    load(
      model({
        initializer: [{ name: 'w', dims: [2n], dataType: Type.FLOAT, dataLocation: TensorProto_DataLocation.EXTERNAL }],
      }),
    ),
}

test.for(Object.entries(wrong))('%s', ([code, read]) => {
  expect(codeOf(read)).toBe(code)
})

test('two inputs of one name are an error: they could not both be fed', () => {
  expect(() => load(model({ input: [info('x', 2), info('x', 2)] }))).toThrow(
    expect.objectContaining({ code: 'MODEL_DUPLICATE_VALUE', message: 'The graph has two inputs named x.' }),
  )
})

test('the largest size that a file can state is saved again', () => {
  const shape = { dim: [{ value: { case: 'dimValue' as const, value: 2n ** 63n - 1n } }] }
  const x = { name: 'x', type: { value: { case: 'tensorType' as const, value: { elemType: Type.FLOAT, shape } } } }
  const graph = load(model({ input: [x] }))
  const changed = { ...graph, inputs: graph.inputs.map(({ name, type }) => ({ name, type })) }
  expect(reread(changed).graph?.input[0]).toMatchObject({ type: { value: { value: { shape } } } })
})

test('external data that is shorter than its tensor is an error where it is used', () => {
  const externalData = [{ key: 'location', value: 'w.data' }]
  const initializer = { name: 'w', dims: [2n], dataType: Type.FLOAT, dataLocation: TensorProto_DataLocation.EXTERNAL }
  const graph = load(model({ initializer: [{ ...initializer, externalData }] }), {
    readExternal: () => new Uint8Array(3),
  })
  expect(() => saveModel(graph)).toThrow(
    expect.objectContaining({
      code: 'MODEL_EXTERNAL_DATA',
      message: 'The external data of tensor w takes 8 bytes of w.data, which has 3 at 0.',
    }),
  )
})

test('a model that is cut off anywhere is an error, or holds a whole graph', () => {
  const bytes = toBinary(ModelProtoSchema, model())
  for (let length = 0; length < bytes.length; length++)
    expect(codeOf(() => loadModel(bytes.subarray(0, length)))).toMatch(/^MODEL_|^none$/)
})
