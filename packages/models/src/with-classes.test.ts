import { createBuilder, type Graph, inferTypes, tensorFloats, tensorOf } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { createModel } from './create-model.ts'
import { withClasses } from './with-classes.ts'

const model = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10, seed: 1 })

const constant = (dims: readonly number[]) =>
  tensorOf('float32', dims, new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(0.1))

/** Its output for an image of ones. */
async function answer(graph: Graph) {
  await using session = await createExecutor({ threads: 1 }).open(graph)
  const { name = '' } = graph.inputs[0] ?? {}
  const data = new Float32Array(2 * 784).fill(1)
  const outputs = await session.run({ [name]: { dataType: 'float32', dims: [2, 1, 28, 28], data } })
  return outputs[graph.outputs[0]?.name ?? '']
}

test('the last layer is drawn anew for other classes, all else stays', async () => {
  const other = withClasses(model, { classes: 3, seed: 1 })
  expect((await answer(other))?.dims).toEqual([2, 3])
  expect(inferTypes(other).values.get(other.outputs[0]?.name ?? '')?.shape).toEqual(['N', 3])
  const changed = [...model.initializers].filter(([name, tensor]) => other.initializers.get(name) !== tensor)
  expect(changed.map(([name]) => name)).toEqual(['classifier/weight', 'classifier/bias'])
  const same = withClasses(model, { classes: 3, seed: 1 })
  const weights = (graph: Graph) => tensorFloats(graph.initializers.get('classifier/weight') ?? expect.fail())
  expect(weights(same)).toEqual(weights(other))
  expect(weights(withClasses(model, { classes: 3, seed: 2 }))).not.toEqual(weights(other))
  const { length } = weights(other)
  const variance = weights(other).reduce((sum, weight) => sum + weight ** 2, 0) / length
  expect(variance * (length / 3)).toBeCloseTo(1, 0)
})

test('a dense layer with an Add behind it, and a 1×1 convolution, are heads too, before a Softmax or without', async () => {
  for (const kind of ['MatMul', 'Conv'] as const) {
    const b = createBuilder(kind)
    const x = b.input('x', 'float32', ['N', 1, 28, 28])
    const scores =
      kind === 'MatMul'
        ? b.Add(b.MatMul(b.Flatten(x), b.initializer('w', constant([784, 5]))), b.initializer('bias', constant([5])))
        : b.Flatten(
            b.GlobalAveragePool(
              b.Conv(x, b.initializer('w', constant([5, 1, 1, 1])), b.initializer('bias', constant([5]))),
            ),
          )
    b.output(b.named(b.Softmax(scores), 'y'))
    const other = withClasses(b.build(), { classes: 7, seed: 0 })
    expect((await answer(other))?.dims).toEqual([2, 7])
    expect(other.initializers.get('bias')?.dims).toEqual([7])
  }
})

test('a model without such a layer says why', () => {
  const b = createBuilder('none')
  b.output(b.named(b.Flatten(b.Sigmoid(b.input('x', 'float32', ['N', 4]))), 'y'))
  expect(() => withClasses(b.build(), { classes: 2, seed: 0 })).toThrow(
    '(Sigmoid) stands between its last layer and its output',
  )
})
