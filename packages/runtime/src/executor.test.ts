import { createBuilder, type DataType, ModelError, RecipeError, RunError, type TypedArray } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { createExecutor } from './executor.ts'
import { failing } from './testing/failing.ts'

const executor = createExecutor({ threads: 1 })

const reluNet = () => {
  const b = createBuilder('net')
  b.output(b.named(b.Relu(b.input('x', 'float32', ['N', 2])), 'y'))
  return b.build()
}

const floats = (dims: readonly number[], ...data: readonly number[]) =>
  ({ dataType: 'float32', dims, data: Float32Array.from(data) }) as const

test('runs a graph', async () => {
  await using session = await executor.open(reluNet())
  expect(session.inputNames).toEqual(['x'])
  expect(session.outputNames).toEqual(['y'])
  const { y } = await session.run({ x: floats([2, 2], -1, 2, 3, -4) })
  expect(y).toEqual(floats([2, 2], 0, 2, 3, 0))
})

test('returns the fetched outputs only', async () => {
  const b = createBuilder('two')
  const x = b.input('x', 'float32', [1])
  for (const name of ['a', 'b']) b.output(b.named(b.Relu(x), name))
  await using session = await executor.open(b.build())
  expect(Object.keys(await session.run({ x: floats([1], 1) }))).toEqual(['a', 'b'])
  expect(Object.keys(await session.run({ x: floats([1], 1) }, ['b']))).toEqual(['b'])
})

test.each<{ dataType: DataType; data: TypedArray }>([
  { dataType: 'bool', data: Uint8Array.of(0, 1, 1) },
  { dataType: 'uint8', data: Uint8Array.of(0, 128, 255) },
  { dataType: 'int8', data: Int8Array.of(-128, 0, 127) },
  { dataType: 'int32', data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
  { dataType: 'int64', data: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 53n + 1n) },
  { dataType: 'float64', data: Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY) },
])('$dataType goes in and comes out as it is', async ({ dataType, data }) => {
  const b = createBuilder('copy')
  b.output(b.named(b.Identity(b.input('x', dataType, [3])), 'y'))
  await using session = await executor.open(b.build())
  const { y } = await session.run({ x: { dataType, dims: [3], data } })
  expect(y).toEqual({ dataType, dims: [3], data })
})

test('half floats go in as raw bits, come out as numbers, and go in again', async () => {
  const b = createBuilder('copy')
  b.output(b.named(b.Identity(b.input('x', 'float16', [3])), 'y'))
  await using session = await executor.open(b.build())
  const { y } = await session.run({
    x: { dataType: 'float16', dims: [3], data: Uint16Array.of(0x3c00, 0xc100, 0xfc00) },
  })
  expect(y).toEqual({ dataType: 'float16', dims: [3], data: Float32Array.of(1, -2.5, Number.NEGATIVE_INFINITY) })
  expect(await session.run({ x: y ?? floats([0]) })).toEqual({ y })
})

test('session options reach onnxruntime', async () => {
  const b = createBuilder('rounding')
  const [step, zero] = [b.scalar(1), b.constant('uint8', [], [0])]
  const levels = b.QuantizeLinear(b.input('x', 'float32', [1]), step, zero)
  b.output(b.named(b.DequantizeLinear(levels, step, zero), 'y'))
  const graph = b.build()
  const x = floats([1], 2.25)
  // This entry lets onnxruntime remove pairs that nothing lies between.
  const cleaning = createExecutor({ sessionOptions: { 'session.enable_quant_qdq_cleanup': '1' } })
  await using plain = await executor.open(graph)
  await using cleaned = await cleaning.open(graph)
  await using untouched = await cleaning.open(graph, { optimize: false })
  expect((await plain.run({ x })).y?.data[0]).toBe(2)
  expect((await cleaned.run({ x })).y?.data[0]).toBe(2.25)
  expect((await untouched.run({ x })).y?.data[0]).toBe(2)
})

test('without optimizing, every value of the graph can be fetched as it stands', async () => {
  const b = createBuilder('fusible')
  const x = b.input('x', 'float32', [1, 1, 1, 1])
  const convolved = b.named(b.Conv(x, b.constant('float32', [1, 1, 1, 1], [-3])), 'convolved')
  b.output(b.named(b.Relu(convolved), 'y'))
  const graph = b.build()
  const outputs = [...graph.outputs, { name: 'convolved', type: undefined }]
  await using session = await executor.open({ ...graph, outputs }, { optimize: false })
  const { convolved: inner, y } = await session.run({ x: floats([1, 1, 1, 1], 2) })
  expect([inner?.data[0], y?.data[0]]).toEqual([-6, 0])
})

test.each([
  { what: 'a missing input', feeds: {} },
  { what: 'another name', feeds: { z: floats([1, 2], 1, 2) } },
  { what: 'another shape', feeds: { x: floats([1, 3], 1, 2, 3) } },
  { what: 'another type', feeds: { x: { dataType: 'int32', dims: [1, 2], data: Int32Array.of(1, 2) } as const } },
  { what: 'too few elements', feeds: { x: floats([1, 2], 1) } },
  { what: 'an array of another type', feeds: { x: { ...floats([1, 2]), data: Int32Array.of(1, 2) } } },
])('feeds that do not fit are a RunError that names the inputs: $what', async ({ feeds }) => {
  await using session = await executor.open(reluNet())
  const error = await failing(() => session.run(feeds))
  expect(error).toBeInstanceOf(RunError)
  expect(error.code).toBe('RUN_FAILED')
  expect(error.hint).toContain('inputs are x, its outputs y')
})

test('a session can be disposed of twice, and does not run afterwards', async () => {
  const session = await executor.open(reluNet())
  await session.dispose()
  await session.dispose()
  expect((await failing(() => session.run({ x: floats([1, 2], 1, 2) }))).code).toBe('RUN_FAILED')
})

test('a provider that onnxruntime does not have is named, with those it has', async () => {
  const error = await failing(() => createExecutor({ providers: ['abacus'] }).open(reluNet()))
  expect(error).toBeInstanceOf(RunError)
  expect(error.code).toBe('RUN_PROVIDER')
  expect(error.message).toContain('abacus')
  expect(error.hint).toContain('cpu')
})

test('a model that onnxruntime does not take is a ModelError', async () => {
  const graph = reluNet()
  const nodes = graph.nodes.map(node => ({ ...node, op: 'Unheard' }))
  const error = await failing(() => executor.open({ ...graph, nodes }))
  expect(error).toBeInstanceOf(ModelError)
  expect(error.code).toBe('MODEL_RUNTIME')
  expect(error.message).toContain('Unheard')
})

test('options that are none are refused at once', () => {
  expect(() => createExecutor({ threads: -1 })).toThrow(RecipeError)
  expect(() => createExecutor({ providers: [] as never })).toThrow(RecipeError)
  expect(() => createExecutor({ sessionOptions: { session: '1', 'session.a': '1' } })).toThrow(RecipeError)
})

test('session options of any name change nothing else', async () => {
  await using _ = await createExecutor({ sessionOptions: { '__proto__.polluted': '1' } }).open(reluNet())
  expect('polluted' in {}).toBe(false)
})
