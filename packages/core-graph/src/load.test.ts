import { create, toBinary } from '@bufbuild/protobuf'
import { AttributeProto_AttributeType as Kind, ModelProtoSchema, TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { loadModel } from './load.ts'
import { runInOnnxruntime } from './testing/run-in-onnxruntime.ts'

const load = (graph: object) =>
  loadModel(
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { opsetImport: [{ domain: '', version: 21n }], graph })),
  )

test('a name that is made up for a node takes none of the file’s, and one that is given twice is counted', () => {
  const node = ['', 'Relu_0', 'same', 'same', 'same'].map((name, index) => ({
    name,
    opType: 'Relu',
    input: [index === 0 ? 'x' : `v${index - 1}`],
    output: [`v${index}`],
  }))
  const { nodes } = load({ input: [{ name: 'x' }], node })
  expect(nodes.map(({ name }) => name)).toEqual(['Relu_0_1', 'Relu_0', 'same', 'same_1', 'same_2'])
})

test('a body may make values, in any order, whose names the graph around it uses later', async () => {
  const body = {
    name: 'body',
    node: [
      { opType: 'Neg', input: ['z'], output: ['y'] },
      { opType: 'Relu', input: ['x'], output: ['z'] },
    ],
    output: [{ name: 'y' }],
  }
  const type = (elemType: number, ...sizes: bigint[]) => ({
    value: {
      case: 'tensorType',
      value: { elemType, shape: { dim: sizes.map(value => ({ value: { case: 'dimValue', value } })) } },
    },
  })
  const graph = load({
    name: 'g',
    input: [
      { name: 'x', type: type(Type.FLOAT, 2n) },
      { name: 'c', type: type(Type.BOOL) },
    ],
    node: [
      {
        opType: 'If',
        input: ['c'],
        output: ['y'],
        attribute: ['then_branch', 'else_branch'].map(name => ({ name, type: Kind.GRAPH, g: body })),
      },
      { opType: 'Add', input: ['y', 'x'], output: ['z'] },
    ],
    output: [{ name: 'z', type: type(Type.FLOAT, 2n) }],
  })
  const { z } = await runInOnnxruntime(graph, {
    x: { dataType: 'float32', dims: [2], data: Float32Array.of(1, -2) },
    c: { dataType: 'bool', dims: [], data: Uint8Array.of(1) },
  })
  expect(z?.data).toEqual(Float32Array.of(0, -2))
})

test('a tensor has as many elements as its shape says, in whichever field they lie', () => {
  const given = [
    { dataType: Type.FLOAT, floatData: [1, 2, 3] },
    { dataType: Type.INT8, int32Data: [1, 2, 3] },
    { dataType: Type.STRING, stringData: [1, 2, 3].map(code => Uint8Array.of(code)) },
    { dataType: Type.COMPLEX64, floatData: [1, 2, 3, 4, 5, 6] },
    { dataType: Type.INT4, int32Data: [0x21, 0x03] },
  ]
  for (const tensor of given) {
    expect(load({ initializer: [{ name: 'w', dims: [3n], ...tensor }] }).initializers.size).toBe(1)
    expect(() => load({ initializer: [{ name: 'w', dims: [5n], ...tensor }] })).toThrow(
      expect.objectContaining({ code: 'MODEL_TENSOR_SIZE', message: expect.stringContaining('w') }),
    )
    expect(() => load({ initializer: [{ name: 'w', dims: [5n], dataType: tensor.dataType }] })).toThrow(
      expect.objectContaining({ code: 'MODEL_TENSOR_SIZE' }),
    )
  }
})
