import { createBuilder, type Dimension, type Executor, type TensorMap } from '@pare/core-graph'
import { beforeEach, expect, test } from 'vitest'
import { createExecutor } from './executor.ts'
import { compareLatency, measureLatency } from './latency.ts'
import { failing } from './testing/failing.ts'

const netOf = (...shape: readonly Dimension[]) => {
  const b = createBuilder('net')
  b.output(b.Relu(b.input('x', 'float32', shape)))
  return b.build()
}

const onnxruntime = createExecutor({ threads: 1 })
let fed: TensorMap[] = []
beforeEach(() => {
  fed = []
})

/** Runs, and remembers what it was fed. */
const recording: Executor = {
  open: async (graph, options) => {
    const session = await onnxruntime.open(graph, options)
    return {
      ...session,
      run: feeds => {
        fed.push(feeds)
        return session.run(feeds)
      },
    }
  },
}

test('gives sorted statistics of the timed runs', async () => {
  const { least, quartiles, median, runs } = await measureLatency(recording, netOf(1, 8), { runs: 20, warmup: 3 })
  expect(runs).toBe(20)
  expect(fed.length).toBeGreaterThanOrEqual(23)
  const ascending = [least, quartiles[0], median, quartiles[1]]
  expect(ascending).toEqual(ascending.toSorted((a, b) => a - b))
  expect(least).toBeGreaterThan(0)
})

test('models that are compared take turns, one session at a time', async () => {
  const seen: string[] = []
  const executor: Executor = {
    open: async graph => {
      const session = await onnxruntime.open(graph)
      seen.push(`open ${graph.inputs[0]?.type?.shape}`)
      const end = () => {
        seen.push('end')
        return session.dispose()
      }
      return { ...session, dispose: end, [Symbol.asyncDispose]: end }
    },
  }
  const latencies = await compareLatency(executor, [netOf(1), netOf(2)], { runs: 10, warmup: 0 })
  expect(latencies.map(({ runs }) => runs)).toEqual([10, 10])
  expect(seen.slice(0, 6)).toEqual(['open 1', 'end', 'open 2', 'end', 'open 1', 'end'])
  expect(seen).toHaveLength(20)
})

test('a used up budget still gives one run', async () => {
  expect((await measureLatency(onnxruntime, netOf(1), { budget: 0, warmup: 0 })).runs).toBe(1)
})

test('a symbolic or unknown first dimension is the batch', async () => {
  for (const batch of ['N', null])
    await measureLatency(recording, netOf(batch, 3), { batchSize: 4, runs: 1, warmup: 0 })
  expect(fed.map(({ x }) => x?.dims)).toEqual([
    [4, 3],
    [4, 3],
  ])
})

test('any other dimension must be a number, unless feeds are given', async () => {
  const graph = netOf('N', 3, 'H', null)
  const error = await failing(() => measureLatency(onnxruntime, graph))
  expect(error.code).toBe('MODEL_INPUT_SHAPE')
  expect(error.message).toContain('x [N, 3, H, ?]')
  const feeds = { x: { dataType: 'float32', dims: [1, 3, 2, 2], data: new Float32Array(12) } } as const
  expect((await measureLatency(onnxruntime, graph, { feeds, runs: 2 })).runs).toBe(2)
})

test('an aborted signal ends it with its reason, in the warm-up too', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(measureLatency(recording, netOf(1), { signal })).rejects.toThrow('enough')
  await expect(measureLatency(recording, netOf(1), { signal, warmup: 0 })).rejects.toThrow('enough')
  expect(fed).toEqual([])
})
