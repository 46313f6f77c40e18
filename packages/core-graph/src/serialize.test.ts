import { create, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { ModelProtoSchema, TensorProto_DataLocation } from 'onnx-buf'
import { expect, test } from 'vitest'
import { byteCount, joined, serializeModel } from './serialize.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const name = fc.string({ maxLength: 300 })
const tensor = fc.oneof(fc.constantFrom(0, 1, 4095, 4096, 4097, 20_000)).chain(length =>
  fc.record({
    name,
    dims: fc.array(fc.bigInt({ min: 0n, max: 2n ** 40n }), { maxLength: 3 }),
    rawData: bytes(length),
    docString: name,
    floatData: fc.array(fc.float({ noNaN: true }), { maxLength: 3 }),
    dataLocation: fc.constantFrom(TensorProto_DataLocation.DEFAULT, TensorProto_DataLocation.EXTERNAL),
  }),
)
const model = fc.record({
  irVersion: fc.bigInt({ min: 0n, max: 99n }),
  producerName: name,
  docString: name,
  opsetImport: fc.array(fc.record({ domain: name, version: fc.bigInt({ min: 0n, max: 99n }) }), { maxLength: 3 }),
  metadataProps: fc.array(fc.record({ key: name, value: name }), { maxLength: 3 }),
  graph: fc.option(
    fc.record({
      name,
      docString: name,
      node: fc.array(fc.record({ name, opType: name, input: fc.array(name), output: fc.array(name) }), {
        maxLength: 4,
      }),
      initializer: fc.array(tensor, { maxLength: 4 }),
      input: fc.array(fc.record({ name }), { maxLength: 3 }),
    }),
    { nil: undefined },
  ),
})

test('law: the pieces together are what protobuf gives, unknown fields included', () => {
  fc.assert(
    fc.property(model, bytes(5), (fields, unknown) => {
      const { graph, ...others } = fields
      const message = create(ModelProtoSchema, (graph ? { ...others, graph } : others) as never)
      const field = { no: 900, wireType: 2, data: Uint8Array.of(unknown.length, ...unknown) }
      for (const each of [message, message.graph, ...(message.graph?.initializer ?? [])])
        if (each) each.$unknown = [field]
      const pieces = serializeModel(message)
      expect(joined(pieces)).toEqual(toBinary(ModelProtoSchema, message))
      expect(byteCount(pieces)).toBe(joined(pieces).byteLength)
    }),
    { numRuns: 200 },
  )
})

test('large tensors are not copied', () => {
  const rawData = new Uint8Array(1_000_000)
  const message = create(ModelProtoSchema, { graph: { initializer: [{ name: 'w', rawData }] } })
  expect(serializeModel(message).some(piece => piece === rawData)).toBe(true)
})
