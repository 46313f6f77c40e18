import { createBuilder, tensorOf } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { runOnce } from '../testing/differentiate-case.ts'
import { stackVectors } from './stack-vectors.ts'

const vector = (...values: number[]) => ({
  dataType: 'float32' as const,
  dims: [values.length],
  data: Float32Array.from(values),
})

/** p′ = p − v′·rate with v′ = v·0.5 + g, for two parameters; both p′ and v′ are outputs. */
function updates() {
  const b = createBuilder('updates')
  const rate = b.input('rate', 'float32', [])
  for (const [name, size] of [
    ['a', 2],
    ['b', 3],
  ] as const) {
    const [p, v, g] = ['p', 'v', 'g'].map(kind => b.input(`${kind}${name}`, 'float32', [size]))
    if (!p || !v || !g) throw new Error('Three inputs are made.')
    const velocity = b.Add(b.Mul(v, b.scalar(0.5)), b.Relu(g))
    b.output(b.named(velocity, `velocity ${name}`))
    b.output(b.named(b.Sub(p, b.Mul(velocity, rate)), `next ${name}`))
  }
  return b.build()
}

test('vectors that go the same way go it once', async () => {
  const graph = updates()
  const stacked = stackVectors(graph)
  expect(stacked.nodes.map(({ op }) => op).sort()).toEqual([
    'Add',
    'Concat',
    'Concat',
    'Concat',
    'Mul',
    'Mul',
    'Relu',
    'Relu',
    'Split',
    'Split',
    'Sub',
  ])
  expect(stacked.outputs).toEqual(graph.outputs)
  const feeds = {
    rate: { dataType: 'float32' as const, dims: [], data: Float32Array.of(2) },
    ...{
      pa: vector(1, 2),
      va: vector(2, 4),
      ga: vector(1, -1),
      pb: vector(3, 4, 5),
      vb: vector(0, 2, 4),
      gb: vector(1, 2, 3),
    },
  }
  const outputs = await runOnce(stacked, feeds)
  expect(outputs).toEqual(await runOnce(graph, feeds))
  expect(outputs['next a']?.data).toEqual(Float32Array.of(1 - 2 * 2, 2 - 2 * 2))
})

test('what reads the results comes after them: here they are put together', async () => {
  const b = createBuilder('joined')
  const [x, y] = [b.input('x', 'float32', [2]), b.input('y', 'float32', [3])]
  const next = [x, y].map(value => b.Mul(value, b.scalar(2)))
  b.output(b.named(b.Concat(next, { axis: 0 }), 'joined'))
  const stacked = stackVectors(b.build())
  expect(stacked.nodes.map(({ op }) => op)).toEqual(['Concat', 'Mul', 'Split', 'Concat'])
  const outputs = await runOnce(stacked, { x: vector(1, 2), y: vector(3, 4, 5) })
  expect(outputs.joined?.data).toEqual(Float32Array.of(2, 4, 6, 8, 10))
})

test('a vector that another one waits for, by way of another operator, stays', () => {
  const b = createBuilder('apart')
  const [x, y] = [b.input('x', 'float32', [2]), b.input('y', 'float32', [2])]
  b.output(b.Mul(b.Relu(b.Mul(x, b.scalar(2))), b.scalar(5)))
  b.output(b.Add(b.Relu(b.Mul(y, b.scalar(2))), b.scalar(7)))
  const graph = b.build()
  expect(stackVectors(graph)).toBe(graph)
})

test('two results of one vector are computed twice, not mixed up', async () => {
  const b = createBuilder('shared')
  const x = b.input('x', 'float32', [2])
  const w = b.initializer('w', tensorOf('float32', [2], Float32Array.of(10, 20)))
  for (const value of [x, w]) b.output(b.Add(x, value))
  const graph = b.build()
  const feeds = { x: vector(1, 2) }
  expect(await runOnce(stackVectors(graph), feeds)).toEqual(await runOnce(graph, feeds))
})
