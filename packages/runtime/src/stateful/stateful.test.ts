import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { createBuilder, type Graph, type InitialState, ModelError, RunError, type TensorData } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { createExecutor } from '../executor.ts'
import { failing } from '../testing/failing.ts'

const executor = createExecutor({ threads: 1 })

const floats = (dims: readonly number[], ...data: readonly number[]): TensorData => ({
  dataType: 'float32',
  dims,
  data: Float32Array.from(data),
})

/** sum' = sum + x; twice = 2·sum'. */
function summing(): Graph {
  const b = createBuilder('summing')
  const next = b.named(b.Add(b.input('sum', 'float32', [2]), b.input('x', 'float32', [2])), 'sum/next')
  b.output(next)
  b.output(b.named(b.Mul(next, b.scalar(2)), 'twice'))
  return b.build()
}

/** total' = total + sum; sum' = 0: what gradient accumulation does at an update. */
function emptying(): Graph {
  const b = createBuilder('emptying')
  const sum = b.input('sum', 'float32', [2])
  b.output(b.named(b.Add(b.input('total', 'float32', [2]), sum), 'total/next'))
  b.output(b.named(b.Mul(sum, b.scalar(0)), 'sum/next'))
  return b.build()
}

const sum: readonly [string, InitialState] = ['sum', { initial: floats([2], 1, 2), next: 'sum/next' }]
const total: readonly [string, InitialState] = ['total', { initial: floats([2], 0, 0), next: 'total/next' }]

const open = (graph = summing()) => executor.openStateful({ step: graph }, new Map([sum]))

test('the state stays inside between runs; all else comes out', async () => {
  await using session = await open()
  expect(await session.run('step', { x: floats([2], 1, 1) })).toEqual({ twice: floats([2], 4, 6) })
  expect(await session.run('step', { x: floats([2], 1, 1) })).toEqual({ twice: floats([2], 6, 8) })
  expect(await session.readState()).toEqual({ sum: floats([2], 3, 4) })
})

test('runs that are not waited for are carried out in their order', async () => {
  await using session = await open()
  const runs = [1, 10, 100].map(x => session.run('step', { x: floats([2], x, 0) }))
  expect((await Promise.all(runs)).map(({ twice }) => twice?.data[0])).toEqual([4, 24, 224])
})

test('graphs share their state by name', async () => {
  const graphs = { accumulate: summing(), update: emptying() }
  await using session = await executor.openStateful(graphs, new Map([sum, total]))
  await session.run('accumulate', { x: floats([2], 1, 0) })
  await session.run('accumulate', { x: floats([2], 0, 3) })
  expect(await session.run('update', {})).toEqual({})
  expect(await session.readState()).toEqual({ sum: floats([2], 0, 0), total: floats([2], 2, 5) })
})

test('the state can be read by name, and written; what is not put out anew stays', async () => {
  const b = createBuilder('scaling')
  b.output(b.named(b.Mul(b.input('x', 'float32', [1]), b.input('factor', 'float32', [1])), 'y'))
  const state = new Map([['factor', { initial: floats([1], 3) }]])
  await using session = await executor.openStateful({ scale: b.build() }, state)
  const run = async () => (await session.run('scale', { x: floats([1], 2) })).y?.data[0]
  expect([await run(), await run()]).toEqual([6, 6])
  const factor = floats([1], 5)
  await session.writeState({ factor })
  expect(factor.data).toHaveLength(1)
  expect([await run(), await run()]).toEqual([10, 10])
  expect(await session.readState(['factor'])).toEqual({ factor })
})

test('a run that ends in no finite number leaves the state as it was, if it is told to', async () => {
  await using session = await executor.openStateful({ step: summing() }, new Map([sum]), { finite: 'twice' })
  for (const lost of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(await session.run('step', { x: floats([2], 1, lost) })).toEqual({ twice: floats([2], 4, lost) })
  expect(await session.readState()).toEqual({ sum: floats([2], 1, 2) })
  await session.run('step', { x: floats([2], 1, 1) })
  expect(await session.readState()).toEqual({ sum: floats([2], 2, 3) })
})

test('what was read of the state, and what it began with, stays as it is', async () => {
  await using session = await open()
  const before = await session.readState()
  await session.run('step', { x: floats([2], 1, 1) })
  await session.run('step', { x: floats([2], 1, 1) })
  expect(before).toEqual({ sum: floats([2], 1, 2) })
  expect(sum[1].initial).toEqual(floats([2], 1, 2))
})

test('half floats are numbers outside', async () => {
  const b = createBuilder('halving')
  b.output(b.named(b.Mul(b.input('x', 'float16', [1]), b.constant('float16', [], [0x3800])), 'next'))
  const initial: TensorData = { dataType: 'float16', dims: [1], data: Float32Array.of(3) }
  await using session = await executor.openStateful({ halve: b.build() }, new Map([['x', { initial, next: 'next' }]]))
  await session.run('halve', {})
  await session.run('halve', {})
  expect((await session.readState()).x?.data).toEqual(Float32Array.of(0.75))
})

test('feeds are taken over, except parts of larger buffers', async () => {
  await using session = await open()
  const whole = floats([2], 1, 1)
  const part = { ...whole, data: Float32Array.of(9, 5, 5, 9).subarray(1, 3) }
  await session.run('step', { x: whole })
  await session.run('step', { x: part })
  expect(whole.data).toHaveLength(0)
  expect(part.data).toEqual(Float32Array.of(5, 5))
  expect(await failing(() => session.run('step', { x: whole }))).toMatchObject({
    code: 'RUN_FAILED',
    message: 'The memory of x was given away by an earlier run.',
  })
})

test('the thread of the caller is free while a graph runs', async () => {
  const b = createBuilder('long')
  let product = b.input('x', 'float32', [512, 512])
  const factor = b.input('factor', 'float32', [512, 512])
  for (let count = 0; count < 100; count++) product = b.MatMul(product, factor)
  b.output(b.named(b.ReduceSum(product), 'y'))
  const zeros = (): TensorData => ({ ...floats([512, 512]), data: new Float32Array(512 * 512) })
  await using session = await executor.openStateful({ long: b.build() }, new Map([['factor', { initial: zeros() }]]))
  let ticks = 0
  const running = session.run('long', { x: zeros() }).finally(() => clearInterval(timer))
  const timer = setInterval(() => ticks++, 1)
  await running
  expect(ticks).toBeGreaterThan(10)
})

test('errors are those of a session in this thread, and leave the state as it was', async () => {
  await using session = await open()
  const error = await failing(() => session.run('step', { x: floats([3], 1, 2, 3) }))
  expect(error).toBeInstanceOf(RunError)
  expect(error.code).toBe('RUN_FAILED')
  expect(error.hint).toContain('inputs are sum, x')
  expect(await session.run('step', { x: floats([2], 0, 0) })).toEqual({ twice: floats([2], 2, 4) })

  const nodes = summing().nodes.map(node => ({ ...node, op: 'Unheard' }))
  const refused = await failing(() => open({ ...summing(), nodes }))
  expect(refused).toBeInstanceOf(ModelError)
  expect(refused.code).toBe('MODEL_RUNTIME')
  expect(refused.message).toContain('model summing: ')
})

test.each([
  ['of another name', { product: floats([2], 1, 1) }, 'There is no state product.'],
  ['of another shape', { sum: floats([1], 1) }, 'The state sum is float32 [2], not float32 [1].'],
])('a state %s is not written', async (_, tensors, message) => {
  await using session = await open()
  expect(await failing(() => session.writeState(tensors))).toMatchObject({ code: 'RUN_STATE', message })
})

test('a run without memory enough says so, and leaves the session as it was', async () => {
  const b = createBuilder('huge')
  const x = b.input('x', 'float32', [1])
  // 4 · 2⁶⁰ bytes
  b.output(b.named(b.Expand(x, b.ints(2 ** 20, 2 ** 20, 2 ** 20)), 'y'))
  b.output(b.named(b.Neg(x), 'z'))
  await using session = await createExecutor({ threads: 1 }).openStateful({ huge: b.build() }, new Map())
  for (const _ of [1, 2])
    expect(await failing(() => session.run('huge', { x: floats([1], 1) }))).toMatchObject({
      code: 'RUN_FAILED',
      hint: 'Memory ran out: use smaller batches or inputs.',
    })
})

test('a thread that dies is an error, not a hang', async () => {
  const started = once(process, 'worker')
  const session = await open()
  const [worker] = (await started) as [Worker]
  const running = failing(() => session.run('step', { x: floats([2], 0, 0) }))
  await worker.terminate()
  for (const error of [await running, await failing(() => session.readState())])
    expect(error).toMatchObject({ code: 'RUN_WORKER', message: expect.stringContaining('ended with exit code 1') })
  await session[Symbol.asyncDispose]()
})

test('disposing lets runs end, and then ends the thread', async () => {
  const started = once(process, 'worker')
  const session = await open()
  const [worker] = (await started) as [Worker]
  const exited = once(worker, 'exit')
  const running = session.run('step', { x: floats([2], 0, 0) })
  await session[Symbol.asyncDispose]()
  await session[Symbol.asyncDispose]()
  await exited
  expect(await running).toEqual({ twice: floats([2], 2, 4) })
  expect((await failing(() => session.run('step', { x: floats([2], 0, 0) }))).code).toBe('RUN_CLOSED')
})
