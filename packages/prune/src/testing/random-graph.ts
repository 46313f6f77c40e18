import { createBuilder, createRandom, elementCount, type Graph, tensorOf, type Value } from '@pare/core-graph'

/** Images `[N, 3, 6, 6]`; layers of all kinds, as they come; ends in a linear layer over the flattened channels. */
export function randomGraph(seed: number, layers = 8): Graph {
  const random = createRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const b = createBuilder('random')
  const weights = (...dims: number[]) =>
    b.initializer(
      'weight',
      tensorOf(
        'float32',
        dims,
        Array.from({ length: elementCount(dims) }, () => random() * 1.2 - 0.6),
      ),
    )
  const positive = (...dims: number[]) =>
    b.initializer(
      'scale',
      tensorOf(
        'float32',
        dims,
        Array.from({ length: elementCount(dims) }, () => 0.5 + random()),
      ),
    )
  const channelsOf = (x: Value) => Number(x.shape?.[1])
  const conv = (x: Value, outputs: number, group = 1, kernel = 1) =>
    b.Conv(x, weights(outputs, channelsOf(x) / group, kernel, kernel), random() < 0.5 ? weights(outputs) : undefined, {
      group,
      pads: Array<number>(4).fill((kernel - 1) / 2),
    })
  const image = b.input('image', 'float32', ['N', 3, 6, 6])
  const values: Value[] = [conv(image, 8), conv(image, 8, 1, 3)]
  const like = (x: Value) => pick(values.filter(other => channelsOf(other) === channelsOf(x)))

  const kinds: readonly ((x: Value) => Value)[] = [
    x => conv(x, pick([4, 6, 8, 12]), 1, pick([1, 3])),
    x => conv(x, channelsOf(x) * pick([1, 1, 2]), channelsOf(x), 3),
    x => conv(x, channelsOf(x), 2, 3),
    x => b.ConvTranspose(x, weights(channelsOf(x), pick([4, 8]), 1, 1), undefined),
    x => b.ConvTranspose(x, weights(channelsOf(x), 4, 1, 1), weights(8), { group: 2 }),
    x => b.ConvTranspose(x, weights(channelsOf(x), 1, 1, 1), undefined, { group: channelsOf(x) }),
    x => {
      const c = channelsOf(x)
      return b.BatchNormalization(x, weights(c), weights(c), weights(c), positive(c))
    },
    x => b.InstanceNormalization(x, weights(channelsOf(x)), weights(channelsOf(x))),
    x => pick([b.Relu(x), b.Sigmoid(x), b.HardSwish(x), b.Clip(x, b.scalar(-0.5), b.scalar(0.7))]),
    x => b.PRelu(x, weights(channelsOf(x), 1, 1)),
    x => b.Add(x, weights(1, channelsOf(x), 1, 1)),
    x => b.Add(x, like(x)),
    x => b.Mul(like(x), x),
    x => b.Max([x, like(x)]),
    x => b.Concat([x, pick(values)], { axis: 1 }),
    x => b.MaxPool(b.Concat([x, like(x)], { axis: 2 }), { kernel_shape: [2, 1], strides: [2, 1] }),
    x => {
      const [first, second] = b.Split(x, undefined, { axis: 1, num_outputs: 2 })
      return first && second ? b.Mul(first, b.Sigmoid(second)) : x
    },
    x => b.Slice(x, b.ints(1), b.ints(channelsOf(x) - 1), b.ints(1)),
    x => b.Slice(x, b.ints(-3), b.ints(2 ** 40), b.ints(-3)),
    x => {
      const squeezed = b.Relu(conv(b.GlobalAveragePool(x), 4))
      return b.Mul(x, b.HardSigmoid(conv(squeezed, channelsOf(x))))
    },
    x =>
      b.Resize(
        b.AveragePool(x, { kernel_shape: [2, 2], strides: [2, 2] }),
        undefined,
        b.constant('float32', [4], [1, 1, 2, 2]),
      ),
    x => b.Pad(b.MaxPool(x, { kernel_shape: [3, 3] }), b.ints(0, 0, 1, 1, 0, 0, 1, 1)),
    x => {
      const c = channelsOf(x)
      const parts = b.Reshape(x, b.ints(0, 2, c / 2, 6, 6))
      return b.Reshape(b.Transpose(parts, { perm: [0, 2, 1, 3, 4] }), b.ints(0, c, 6, 6))
    },
    x => b.SpaceToDepth(b.DepthToSpace(conv(x, 8), { blocksize: 2, mode: pick(['CRD', 'DCR']) }), { blocksize: 2 }),
    x =>
      b.DequantizeLinear(
        b.QuantizeLinear(x, b.scalar(2 ** -6), b.constant('int8', [], [3])),
        b.scalar(2 ** -6),
        b.constant('int8', [], [3]),
      ),
    x => {
      const c = channelsOf(x)
      const rows = b.Transpose(x, { perm: [0, 2, 3, 1] })
      const wide = b.Gelu(b.Add(b.MatMul(rows, weights(c, 8)), weights(8)))
      return b.Transpose(b.MatMul(wide, weights(8, c)), { perm: [0, 3, 1, 2] })
    },
    x => attention(x),
    x => b.Div(x, b.Add(b.ReduceMean(b.Abs(x), b.ints(2, 3)), b.scalar(0.5))),
    x => b.LayerNormalization(x, weights(6), weights(6)),
    x => b.Softmax(x, { axis: pick([1, 2]) }),
  ]

  /** Two heads over the 36 places, whose queries, keys and values are layers of their own. */
  function attention(x: Value): Value {
    const c = channelsOf(x)
    const rows = b.Transpose(b.Reshape(x, b.ints(0, c, 36)), { perm: [0, 2, 1] })
    const heads = () => {
      const y = b.Add(b.MatMul(rows, weights(c, 8)), weights(8))
      return b.Transpose(b.Reshape(y, b.ints(0, 36, 2, 4)), { perm: [0, 2, 1, 3] })
    }
    const scores = b.MatMul(heads(), b.Transpose(heads(), { perm: [0, 1, 3, 2] }))
    const mixed = b.MatMul(b.Softmax(scores), heads())
    const joined = b.Reshape(b.Transpose(mixed, { perm: [0, 2, 1, 3] }), b.ints(0, -1, 8))
    return b.Reshape(b.Transpose(b.MatMul(joined, weights(8, c)), { perm: [0, 2, 1] }), b.ints(0, c, 6, 6))
  }

  for (let layer = 0; layer < layers; layer++) {
    const made = pick(kinds)(pick(values.slice(-3)))
    // Kept to shapes that all kinds take.
    const [, channels, ...size] = made.shape ?? []
    if (Number(channels) % 2 === 0 && Number(channels) >= 4 && Number(channels) <= 24 && String(size) === '6,6')
      values.push(made)
  }
  const last = values.at(-1) ?? image
  const flat = b.Flatten(last)
  b.output(b.named(b.Gemm(flat, weights(5, channelsOf(last) * 36), weights(5), { transB: 1 }), 'logits'))
  return b.build()
}
