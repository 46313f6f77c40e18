import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType as Type,
} from 'onnx-buf'
import { describe, expect, test } from 'vitest'
import type { Graph } from './graph.ts'
import { renameValues } from './graph-edit.ts'
import { withInputShapes } from './input-shapes.ts'
import { loadModel } from './load.ts'
import { saveModel } from './save.ts'
import { tensorOf } from './tensor.ts'

/** Field 1000, a varint, stands for what this version of ONNX does not know. */
const unknown = [{ no: 1000, wireType: 0, data: Uint8Array.of(42) }]
const metadataProps = [{ key: 'key', value: 'value' }]

/** y = mine(x, w), with something that Pare does not read in every message. */
function fullModel(): ModelProto {
  const type = { value: { case: 'tensorType' as const, value: { elemType: Type.FLOAT } }, denotation: 'IMAGE' }
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [
      { domain: '', version: 21n },
      { domain: 'mine', version: 1n },
    ],
    metadataProps,
    functions: [{ name: 'f', domain: 'mine', docString: 'function', metadataProps }],
    graph: {
      name: 'g',
      docString: 'graph',
      metadataProps,
      input: [{ name: 'x', type, docString: 'input', metadataProps }],
      output: [{ name: 'y', type, docString: 'output' }],
      initializer: [
        {
          name: 'w',
          dims: [2n],
          dataType: Type.FLOAT,
          rawData: new Uint8Array(8),
          docString: 'tensor',
          metadataProps,
        },
      ],
      node: [
        {
          name: 'n',
          domain: 'mine',
          opType: 'f',
          input: ['x', 'w'],
          output: ['y'],
          docString: 'node',
          metadataProps,
          attribute: [{ name: 'a', type: Kind.INT, i: 1n, docString: 'attribute' }],
        },
      ],
    },
  })
  const { graph, functions, opsetImport } = model
  const [node] = graph?.node ?? []
  for (const message of [
    model,
    graph,
    node,
    node?.attribute[0],
    graph?.initializer[0],
    graph?.input[0],
    graph?.input[0]?.type,
    functions[0],
    opsetImport[0],
    model.metadataProps[0],
  ])
    if (message) message.$unknown = unknown
  return model
}

const bytesOf = (model: ModelProto) => toBinary(ModelProtoSchema, model)
const reread = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes)
const saved = (graph: Graph) => reread(saveModel(graph).model)

describe('everything that a file says of', () => {
  test('any part is kept', () => {
    expect(saved(loadModel(bytesOf(fullModel())))).toEqual(reread(bytesOf(fullModel())))
  })

  test('a value stays with it when it is renamed', () => {
    const names = { x: 'input', w: 'weight', y: 'output' }
    const expected = reread(bytesOf(fullModel()))
    const { node, input, output, initializer } = expected.graph ?? {}
    if (node?.[0]) Object.assign(node[0], { input: ['input', 'weight'], output: ['output'] })
    for (const info of [input?.[0], output?.[0], initializer?.[0]])
      if (info) info.name = names[info.name as keyof typeof names]
    expect(saved(renameValues(loadModel(bytesOf(fullModel())), new Map(Object.entries(names))))).toEqual(expected)
  })

  test('an input stays with it when its shape is fixed', () => {
    const [input] = saved(withInputShapes(loadModel(bytesOf(fullModel())), { x: [1, 2] })).graph?.input ?? []
    const { type: _, ...rest } = reread(bytesOf(fullModel())).graph?.input[0] ?? {}
    expect(input).toMatchObject(rest)
    expect(input?.type).toMatchObject({ denotation: 'IMAGE', $unknown: unknown })
    const { case: kind, value } = input?.type?.value ?? {}
    expect(kind === 'tensorType' && value?.shape?.dim.map(dimension => dimension.value.value)).toEqual([1n, 2n])
  })

  test('a tensor stays with it on its way into another file and back', () => {
    const external = saveModel(loadModel(bytesOf(fullModel())), { external: { location: 'w.data', threshold: 0 } })
    const back = loadModel(external.model, { readExternal: () => new Uint8Array(8) })
    expect(saved(back)).toEqual(reread(bytesOf(fullModel())))
  })
})

test('one changed entry of the metadata leaves the others as they were', () => {
  const graph = loadModel(bytesOf(fullModel()))
  const { metadataProps: entries } = saved({ ...graph, metadata: new Map(graph.metadata).set('made by', 'Pare') })
  expect(entries.map(({ key, value, $unknown }) => ({ key, value, $unknown }))).toEqual([
    { key: 'key', value: 'value', $unknown: unknown },
    { key: 'made by', value: 'Pare', $unknown: undefined },
  ])
})

test('a constant node brings its external data into the saved file', () => {
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 21n }],
    graph: {
      name: 'g',
      output: [{ name: 'c' }],
      node: [
        {
          opType: 'Constant',
          output: ['c'],
          attribute: [
            {
              name: 'value',
              type: Kind.TENSOR,
              docString: 'kept',
              t: {
                name: 'value of c',
                dims: [2n],
                dataType: Type.FLOAT,
                dataLocation: TensorProto_DataLocation.EXTERNAL,
                externalData: [{ key: 'location', value: 'c.data' }],
              },
            },
          ],
        },
      ],
    },
  })
  const bytes = new Uint8Array(Float32Array.of(1, -2).buffer)
  const [attribute] = saved(loadModel(bytesOf(model), { readExternal: () => bytes })).graph?.node[0]?.attribute ?? []
  expect(attribute?.docString).toBe('kept')
  expect(attribute?.t).toMatchObject({ name: 'value of c', rawData: bytes, externalData: [] })
  expect(attribute?.t?.dataLocation).toBe(TensorProto_DataLocation.DEFAULT)
})

test('a changed tensor is saved with its new elements', () => {
  const graph = loadModel(bytesOf(fullModel()))
  const changed = { ...graph, initializers: new Map([['w', tensorOf('float32', [2], [3, 4])]]) }
  expect(saved(changed).graph?.initializer[0]?.rawData).toEqual(new Uint8Array(Float32Array.of(3, 4).buffer))
})

test('what old files say of an initializer among their inputs follows it when it is another one', () => {
  const dim = [{ value: { case: 'dimValue' as const, value: 2n } }]
  const type = { value: { case: 'tensorType' as const, value: { elemType: Type.FLOAT, shape: { dim } } } }
  const listing = create(ModelProtoSchema, {
    irVersion: 3n,
    opsetImport: [{ domain: '', version: 21n }],
    graph: {
      name: 'g',
      input: [{ name: 'w', type }],
      output: [{ name: 'w' }],
      initializer: [{ name: 'w', dims: [2n], dataType: Type.FLOAT, rawData: new Uint8Array(8) }],
    },
  })
  const graph = loadModel(bytesOf(listing))
  const cut = { ...graph, initializers: new Map([['w', tensorOf('float32', [1], [3])]]) }
  const stated = ({ graph: saved }: ModelProto) => {
    const { case: kind, value } = saved?.input[0]?.type?.value ?? {}
    return kind === 'tensorType' && value?.shape?.dim.map(dimension => dimension.value.value)
  }
  expect(stated(saved(graph))).toEqual([2n])
  expect(stated(saved(cut))).toEqual([1n])
})
