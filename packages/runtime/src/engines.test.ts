import { createBuilder, type Tensor, type TensorMap } from '@pare/core-graph'
import { afterEach, expect, test, vi } from 'vitest'
import { latencyEngines } from './engines.ts'
import { createExecutor } from './executor.ts'
import { createWebExecutor } from './web-executor.ts'

afterEach(() => vi.unstubAllEnvs())

/** y = relu(x · w), [4, 8] · [8, 3]; the larger one does so much more that no clock can miss it. */
const netOf = (width: number) => {
  const b = createBuilder('net')
  const weights = Float32Array.from({ length: width * width }, (_, index) => Math.sin(index))
  let value = b.input('x', 'float32', ['N', width])
  for (let layer = 0; layer < 4; layer++)
    value = b.Relu(b.MatMul(value, b.constant('float32', [width, width], weights)))
  b.output(b.named(value, 'y'))
  return b.build()
}

test('onnxruntime-web computes what onnxruntime-node computes', async () => {
  const x = {
    dataType: 'float32',
    dims: [2, 8],
    data: Float32Array.from({ length: 16 }, (_, i) => Math.cos(i)),
  } as const
  const outputs: TensorMap[] = []
  for (const executor of [createExecutor({ threads: 1 }), await createWebExecutor()]) {
    await using session = await executor.open(netOf(8))
    outputs.push(await session.run({ x }))
  }
  const [native, web] = outputs.map(({ y }) => Array.from(y?.data ?? [], Number))
  expect(web).toHaveLength(16)
  expect(native).toHaveLength(16)
  for (const [index, value] of (native ?? []).entries()) expect(web?.[index]).toBeCloseTo(value, 4)
})

test('what onnxruntime-web does not take is an error of the model', async () => {
  const b = createBuilder('net')
  const type = { dataType: 'float32', shape: [1] } as const
  const x = b.input('x', 'float32', [1])
  for (const y of b.node('NoSuchOperator', [x], {}, { domain: 'example', outputTypes: [type] })) b.output(y)
  await expect((await createWebExecutor()).open(b.build())).rejects.toMatchObject({ code: 'MODEL_RUNTIME' })
})

test('a model that is too large for one file is an error of the model', async () => {
  const b = createBuilder('net')
  b.output(b.Relu(b.input('x', 'float32', [1])))
  // Only its shape is asked for.
  const weights: Tensor = { dataType: 'float32', dims: [2 ** 30], storage: { kind: 'bytes', bytes: new Uint8Array() } }
  const graph = { ...b.build(), initializers: new Map([['w', weights]]) }
  await expect((await createWebExecutor()).open(graph)).rejects.toMatchObject({
    code: 'MODEL_RUNTIME',
    message: expect.stringContaining('2 GiB'),
  })
})

test('a browser that does not start is told, and nothing of it stays', async () => {
  vi.stubEnv('PARE_CHROMIUM', process.execPath)
  const { engines } = await latencyEngines(createExecutor(), 'onnxruntime-web')
  const servers = () => process.getActiveResourcesInfo().filter(name => name === 'TCPServerWrap').length
  const before = servers()
  const [browser] = engines.filter(({ name }) => name.endsWith('Chromium'))
  await expect(browser?.compare([netOf(8)])).rejects.toMatchObject({
    code: 'RUN_BROWSER',
    hint: expect.stringContaining(process.execPath),
  })
  await expect.poll(servers).toBe(before)
})

test('a browser that is named and is not there is told; no other one stands in for it', async () => {
  vi.stubEnv('PARE_CHROMIUM', '/nowhere/chromium')
  const { engines, notes } = await latencyEngines(createExecutor(), 'onnxruntime-web')
  expect(engines.map(({ name }) => name)).toEqual(['onnxruntime-web in Node'])
  expect(notes.join()).toMatch(/^\/nowhere\/chromium \(PARE_CHROMIUM\) is not installed\./)
})

test('every engine of onnxruntime-web tells a large model from a small one', async () => {
  const { engines, notes } = await latencyEngines(createExecutor(), 'onnxruntime-web')
  expect(engines.length + notes.length).toBe(2)
  expect(engines.map(({ name }) => name)).toContain('onnxruntime-web in Node')
  for (const { compare } of engines) {
    const [small, large] = await compare([netOf(8), netOf(512)], { runs: 10, warmup: 2, batchSize: 64 })
    expect(small?.runs).toBe(10)
    expect(large?.median).toBeGreaterThan(small?.median ?? 0)
  }
})

test('targets that do not run here are measured on onnxruntime-node, which is said', async () => {
  const { engines, notes } = await latencyEngines(createExecutor(), 'tensorrt')
  expect(engines.map(({ name }) => name)).toEqual(['onnxruntime-node'])
  expect(notes.join()).toContain('tensorrt does not run here')
})
