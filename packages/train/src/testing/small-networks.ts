import { createBuilder, createRandom, type Graph, randomNormal, tensorOf, type Value } from '@pare/core-graph'
import { trainingForm } from '../batch-norm-training.ts'

/** Convolutions of every kind with BatchNormalization in training form, a residual, a classifier. */
export function network(): { graph: Graph; loss: string } {
  const b = createBuilder('network')
  const random = createRandom(5)
  const weight = (name: string, ...dims: number[]) => {
    const length = dims.reduce((product, size) => product * size, 1)
    return b.initializer(
      name,
      tensorOf(
        'float32',
        dims,
        Float32Array.from({ length }, () => 0.5 * randomNormal(random)),
      ),
    )
  }
  const norm = (name: string, x: Value, channels: number) =>
    b.BatchNormalization(
      x,
      weight(`${name}/scale`, channels),
      weight(`${name}/shift`, channels),
      b.initializer(`${name}/mean`, tensorOf('float32', [channels], new Float32Array(channels))),
      b.initializer(`${name}/variance`, tensorOf('float32', [channels], new Float32Array(channels).fill(1))),
    )
  const x = b.input('x', 'float32', [3, 2, 6, 6])
  const same = { pads: [1, 1, 1, 1] }
  const stem = b.scope('stem', () => b.Relu(norm('stem', b.Conv(x, weight('stem/weight', 4, 2, 3, 3), same), 4)))
  const depthwise = b.Conv(stem, weight('depthwise/weight', 4, 1, 3, 3), { ...same, group: 4, strides: [2, 2] })
  const middle = b.Clip(norm('depthwise', depthwise, 4), b.scalar(0), b.scalar(6))
  const pointwise = norm('pointwise', b.Conv(middle, weight('pointwise/weight', 4, 4, 1, 1)), 4)
  const features = b.Flatten(b.GlobalAveragePool(b.Add(pointwise, middle)))
  const logits = b.Gemm(features, weight('classifier/weight', 3, 4), weight('classifier/bias', 3), { transB: 1 })
  const targets = b.constant('float32', [3, 3], [1, 0, 0, 0, 0, 1, 0, 1, 0])
  const loss = b.Neg(b.ReduceSum(b.Mul(b.LogSoftmax(logits), targets), undefined, { keepdims: 0 }))
  b.output(loss)
  return { graph: trainingForm(b.build()).graph, loss: loss.name }
}

/** Images cut into patches, a class token, attention by two heads, a multilayer perceptron: a small ViT. */
export function transformer(): { graph: Graph; loss: string } {
  const b = createBuilder('transformer')
  const random = createRandom(8)
  const weight = (name: string, ...dims: number[]) => {
    const length = dims.reduce((product, size) => product * size, 1)
    const data = Float32Array.from({ length }, () => 0.5 * randomNormal(random))
    return b.initializer(`weights/${name}`, tensorOf('float32', dims, data))
  }
  const norm = (name: string, x: Value) =>
    b.LayerNormalization(x, weight(`${name}/scale`, 4), weight(`${name}/shift`, 4))
  const linear = (name: string, x: Value, from: number, to: number) =>
    b.Add(b.MatMul(x, weight(`${name}/weight`, from, to)), weight(`${name}/bias`, to))

  const x = b.input('x', 'float32', [3, 2, 6, 6])
  const patches = b.Conv(x, weight('patches', 4, 2, 3, 3), undefined, { strides: [3, 3] })
  const tokens = b.Transpose(b.Reshape(patches, b.ints(0, 4, -1)), { perm: [0, 2, 1] })
  const first = b.Expand(weight('class', 1, 1, 4), b.ints(3, 1, 4))
  const embedded = b.Add(
    b.Concat([first, tokens], { axis: 1 }),
    b.Gather(weight('positions', 9, 4), b.ints(0, 2, 4, 6, 8)),
  )

  const heads = (value: Value) => b.Transpose(b.Reshape(value, b.ints(0, 0, 2, 2)), { perm: [0, 2, 1, 3] })
  const [query, key, value] = b
    .Split(linear('qkv', norm('norm1', embedded), 4, 12), undefined, { axis: 2, num_outputs: 3 })
    .map(heads)
  if (!query || !key || !value) throw new Error('Split makes three parts.')
  const scores = b.Softmax(b.Mul(b.MatMul(query, b.Transpose(key, { perm: [0, 1, 3, 2] })), b.scalar(Math.SQRT1_2)))
  const mixed = b.Reshape(b.Transpose(b.MatMul(scores, value), { perm: [0, 2, 1, 3] }), b.ints(0, 0, 4))
  const attended = b.Add(embedded, linear('projection', mixed, 4, 4))
  const hidden = b.Gelu(linear('mlp1', norm('norm2', attended), 4, 8))
  const output = b.Gather(b.Add(attended, linear('mlp2', hidden, 8, 4)), b.constant('int64', [], [0]), { axis: 1 })
  const logits = linear('classifier', output, 4, 3)
  const targets = b.constant('float32', [3, 3], [1, 0, 0, 0, 0, 1, 0, 1, 0])
  const loss = b.Neg(b.ReduceSum(b.Mul(b.LogSoftmax(logits), targets), undefined, { keepdims: 0 }))
  b.output(loss)
  return { graph: b.build(), loss: loss.name }
}
