import { createBuilder, type Graph, type Tensor, tensorOf } from '@pare/core-graph'

/** A tensor of one value. */
export const floats = (dims: readonly number[], value = 0.5): Tensor =>
  tensorOf('float32', dims, Array(dims.reduce((product, dim) => product * dim, 1)).fill(value))

/** What a MobileNet is made of, in little. */
export function convolutional(): Graph {
  const b = createBuilder('convolutional')
  const x = b.input('x', 'float32', ['N', 3, 8, 8])
  const weights = (name: string, ...dims: number[]) => b.initializer(name, floats(dims))
  const conv = b.Conv(x, weights('w1', 4, 3, 3, 3), weights('b1', 4), { pads: [1, 1, 1, 1] })
  const normal = b.BatchNormalization(
    conv,
    ...(['g', 'b', 'm', 'v'].map(name => weights(name, 4)) as [never, never, never, never]),
  )
  const depthwise = b.Conv(b.Clip(normal, b.scalar(0), b.scalar(6)), weights('w2', 4, 1, 3, 3), undefined, {
    group: 4,
    strides: [2, 2],
  })
  const pooled = b.GlobalAveragePool(b.Add(depthwise, depthwise))
  const logits = b.Gemm(b.Flatten(pooled), weights('w3', 4, 5), weights('b3', 5))
  b.output(b.named(b.Softmax(logits, { axis: 1 }), 'y'))
  return b.build()
}

/** Arithmetic on shapes, as exporters write it. */
export function shapes(): Graph {
  const b = createBuilder('shapes')
  const x = b.input('x', 'float32', ['N', 'C', 4, 4])
  const size = b.Shape(x)
  const half = b.Div(b.Gather(size, b.ints(2)), b.ints(2))
  const wished = b.Concat([b.Slice(size, b.ints(0), b.ints(1)), b.ints(-1), b.Mul(half, b.ints(2))], { axis: 0 })
  const reshaped = b.Reshape(x, wished)
  const filled = b.ConstantOfShape(b.Unsqueeze(b.Squeeze(half), b.ints(0)), { value: tensorOf('float32', [1], [2]) })
  const range = b.Range(b.constant('int64', [], [0]), b.constant('int64', [], [6]), b.constant('int64', [], [2]))
  const mask = b.Equal(b.Expand(b.Unsqueeze(range, b.ints(1)), b.ints(3, 2)), b.ints(2))
  const chosen = b.Where(mask, b.Tile(b.Unsqueeze(filled, b.ints(0)), b.ints(3, 1)), b.scalar(1))
  b.output(reshaped)
  b.output(chosen)
  b.output(
    b.Transpose(b.Cast(b.Resize(x, undefined, b.constant('float32', [4], [1, 1, 2, 2])), { to: 10 }), {
      perm: [0, 2, 3, 1],
    }),
  )
  b.output(b.Pad(x, b.ints(0, 0, 1, 1, 0, 0, 1, 1)))
  return b.build()
}

/** Attention, gates and a choice: three-dimensional products, Split, TopK, LSTM. */
export function sequence(): Graph {
  const b = createBuilder('sequence')
  const x = b.input('x', 'float32', [2, 'T', 6])
  const normal = b.LayerNormalization(x, b.initializer('scale', floats([6])), b.initializer('shift', floats([6])))
  const [q, k, v] = b.Split(b.MatMul(normal, b.initializer('qkv', floats([6, 18]))), b.ints(6, 6, 6), { axis: 2 })
  if (!q || !k || !v) throw new Error('Split makes three parts')
  const attended = b.MatMul(b.Softmax(b.MatMul(q, b.Transpose(k, { perm: [0, 2, 1] }))), v)
  const [values, indices] = b.TopK(b.ReduceMean(b.Gelu(b.Add(attended, x)), b.ints(1), { keepdims: 0 }), b.ints(2))
  b.output(values)
  b.output(indices)
  b.output(b.Einsum([q, v], { equation: 'btd,bsd->bts' }))
  const steps = b.Transpose(x, { perm: [1, 0, 2] })
  b.output(
    b.LSTM(steps, b.initializer('W', floats([1, 20, 6])), b.initializer('R', floats([1, 20, 5])), { hidden_size: 5 }),
  )
  return b.build()
}

/** Weights in int8 behind DequantizeLinear, activations between Q and DQ. */
export function quantized(): Graph {
  const b = createBuilder('quantized')
  const scale = b.scalar(0.1)
  const zero = b.constant('uint8', [], [128])
  const pair = (value: Parameters<typeof b.Relu>[0]) =>
    b.DequantizeLinear(b.QuantizeLinear(value, scale, zero), scale, zero)
  const x = b.input('x', 'float32', [1, 2, 4, 4])
  const bytes = b.initializer('w', tensorOf('int8', [3, 2, 1, 1], [1, -2, 3, -4, 5, -6]))
  const weights = b.DequantizeLinear(bytes, b.initializer('ws', floats([3])), undefined, { axis: 0 })
  const bias = b.DequantizeLinear(
    b.initializer('b', tensorOf('int32', [3], [1, 2, 3])),
    b.initializer('bs', floats([3])),
    undefined,
    { axis: 0 },
  )
  b.output(pair(b.Relu(b.Conv(pair(x), weights, bias))))
  return b.build()
}
