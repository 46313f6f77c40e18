import {
  createBuilder,
  createRandom,
  type Graph,
  type GraphBuilder,
  randomNormal,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { sizesOf } from '../shapes.ts'

/** One layer of a random network; a kind that does not go with the shape at hand is left out. */
export interface RandomLayer {
  readonly kind: (typeof layerKinds)[number]
  readonly outputs: number
  readonly kernel: number
  readonly stride: number
  readonly pad: number
  readonly bias: boolean
}

export const layerKinds = [
  'convolution',
  'depthwise',
  'pointwise',
  'grouped',
  'normalization',
  'activation',
  'residual',
  'concat',
  'max-pool',
  'average-pool',
  'gate',
  'slice',
  'quantization',
  'maximum',
  'slope',
] as const

/** A network from `[N, C, H, W]` to a scalar loss, its weights initializers; deterministic. */
export function randomNetwork(
  [batch, channels, height, width]: readonly [number, number, number, number],
  layers: readonly RandomLayer[],
  activation: (b: GraphBuilder, x: Value) => Value,
): { readonly graph: Graph; readonly loss: string; readonly parameters: readonly string[] } {
  const b = createBuilder('random')
  const random = createRandom(11)
  const parameters: string[] = []
  const weight = (name: string, dims: readonly number[], mean = 0, spread = 1) => {
    const length = dims.reduce((product, size) => product * size, 1)
    const data = Float32Array.from({ length }, () => mean + spread * randomNormal(random))
    const value = b.initializer(name, tensorOf('float32', dims, data))
    parameters.push(value.name)
    return value
  }
  const fixed = (name: string, size: number, value: number) =>
    b.initializer(name, tensorOf('float32', [size], new Float32Array(size).fill(value)))

  const convolve = (x: Value, layer: RandomLayer, outputs: number, group: number): Value => {
    const [, own = 1, ...image] = sizesOf(x)
    const kernel = layer.kind === 'pointwise' ? 1 : layer.kernel
    const pad = layer.kind === 'pointwise' ? 0 : Math.min(layer.pad, kernel - 1)
    if (image.some(size => size + 2 * pad < kernel)) return x
    const fan = (own / group) * kernel * kernel
    const W = weight('weight', [outputs, own / group, kernel, kernel], 0, 1 / Math.sqrt(fan))
    const B = layer.bias ? weight('bias', [outputs], 0, 0.1) : undefined
    return b.Conv(x, W, B, { group, pads: [pad, pad, pad, pad], strides: [layer.stride, layer.stride] })
  }

  const add: Record<RandomLayer['kind'], (x: Value, layer: RandomLayer, earlier: readonly Value[]) => Value> = {
    convolution: (x, layer) => convolve(x, layer, layer.outputs, 1),
    pointwise: (x, layer) => convolve(x, layer, layer.outputs, 1),
    depthwise: (x, layer) => convolve(x, layer, sizesOf(x)[1] ?? 1, sizesOf(x)[1] ?? 1),
    grouped: (x, layer) => ((sizesOf(x)[1] ?? 1) % 2 === 0 ? convolve(x, layer, 2 * layer.outputs, 2) : x),
    normalization: x => {
      const size = sizesOf(x)[1] ?? 1
      const [scale, shift] = [weight('scale', [size], 1, 0.2), weight('shift', [size], 0, 0.2)]
      return b.BatchNormalization(x, scale, shift, fixed('mean', size, 0), fixed('variance', size, 1))
    },
    activation: x => activation(b, x),
    residual: (x, _, earlier) => {
      const other = earlier.find(value => value !== x && `${value.shape}` === `${x.shape}`)
      return other ? b.Add(x, other) : x
    },
    concat: (x, _, earlier) => {
      const [, , ...image] = sizesOf(x)
      const other = earlier.find(value => value !== x && `${value.shape?.slice(2)}` === `${image}`)
      return other && (sizesOf(x)[1] ?? 0) < 24 ? b.Concat([x, other], { axis: 1 }) : x
    },
    slice: x => ((sizesOf(x)[1] ?? 0) > 2 ? b.Slice(x, b.ints(1), b.ints(-1), b.ints(1)) : x),
    quantization: x => {
      const [scale, zero] = [b.scalar(0.25), b.constant('int8', [], [3])]
      return b.DequantizeLinear(b.QuantizeLinear(x, scale, zero), scale, zero)
    },
    maximum: x => b.Max([x, b.scalar(-0.5)]),
    slope: x => b.PRelu(x, weight('slope', [sizesOf(x)[1] ?? 1, 1, 1], 0.2, 0.1)),
    'max-pool': x =>
      sizesOf(x)
        .slice(2)
        .every(size => size >= 4)
        ? b.MaxPool(x, { kernel_shape: [2, 2], strides: [2, 2] })
        : x,
    'average-pool': x =>
      sizesOf(x)
        .slice(2)
        .every(size => size >= 4)
        ? b.AveragePool(x, { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
        : x,
    gate: x => {
      const size = sizesOf(x)[1] ?? 1
      return b.Mul(
        x,
        b.Sigmoid(b.Conv(b.GlobalAveragePool(x), weight('gate', [size, size, 1, 1], 0, 1 / Math.sqrt(size)))),
      )
    },
  }

  let x = b.input('x', 'float32', [batch, channels, height, width])
  const earlier: Value[] = []
  for (const [place, layer] of layers.entries()) {
    // Its gradient would be 0 but for rounding, which is nothing to compare.
    const bias = layer.bias && layers[place + 1]?.kind !== 'normalization'
    x = b.scope(`${place}`, () => add[layer.kind](x, { ...layer, bias }, earlier))
    earlier.push(x)
  }
  // Not linear: the mean of what is normalized would not depend on what comes before.
  const features = b.Flatten(b.GlobalAveragePool(b.Mul(x, b.Sigmoid(x))))
  const size = sizesOf(features)[1] ?? 1
  const logits = b.Gemm(features, weight('classifier', [size, 3], 0, 1 / Math.sqrt(size)))
  const squares = b.Mul(b.Sub(logits, b.scalar(1)), logits)
  const loss = b.ReduceMean(squares, undefined, { keepdims: 0 })
  b.output(loss)
  return { graph: b.build(), loss: loss.name, parameters }
}
