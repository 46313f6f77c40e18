import { expect, test } from 'vitest'
import { createBuilder, type GraphBuilder, type Value } from '../builder.ts'
import { runInOnnxruntime } from '../testing/run-in-onnxruntime.ts'

const scales = (b: GraphBuilder, ...values: number[]) => b.constant('float32', [values.length], values)

test.each<{ by: string; build: (b: GraphBuilder, x: Value) => Value }>([
  { by: 'scales', build: (b, x) => b.Resize(x, undefined, scales(b, 1, 1, 2, 1.5)) },
  { by: 'scales of some axes', build: (b, x) => b.Resize(x, undefined, scales(b, 0.5, 1.3), { axes: [-1, 2] }) },
  { by: 'sizes', build: (b, x) => b.Resize(x, undefined, undefined, b.ints(1, 2, 7, 3), { mode: 'linear' }) },
])('infers the shape that onnxruntime makes by $by', async ({ build }) => {
  const b = createBuilder('resize')
  const x = b.input('x', 'float32', [1, 2, 4, 5])
  b.output(b.named(build(b, x), 'y'))
  const graph = b.build()
  const { y } = await runInOnnxruntime(graph, {
    x: { dataType: 'float32', dims: [1, 2, 4, 5], data: new Float32Array(40) },
  })
  expect(graph.outputs[0]?.type?.shape).toEqual(y?.dims)
})

test('a symbolic batch stays, and a size that the aspect ratio decides is not guessed', () => {
  const b = createBuilder('resize')
  const x = b.input('x', 'float32', ['N', 2, 4, 5])
  expect(b.Resize(x, undefined, scales(b, 1, 1, 2, 2)).shape).toEqual(['N', 2, 8, 10])
  const kept = { axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }
  expect(b.Resize(x, undefined, undefined, b.ints(8, 8), kept).shape).toEqual(['N', 2, null, null])
})
