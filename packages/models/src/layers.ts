import {
  createBuilder,
  createRandom,
  elementCount,
  type Graph,
  randomNormal,
  tensorOf,
  type Value,
} from '@pare/core-graph'

/** The epsilon of every BatchNormalization. */
const epsilon = 1e-5

export interface ConvOptions {
  /** Output channels. */
  readonly channels: number
  readonly kernel: number
  /** Default 1. */
  readonly stride?: number
  /** Default 1; the number of input channels makes it depthwise. */
  readonly group?: number
}

/** The layers of image classifiers, made into one graph; each is named after its scope: `block3/depthwise/Conv`. */
export interface Layers {
  /** The images `[N, C, H, W]`. */
  readonly input: Value
  /** Convolution without bias (padding keeps the size at stride 1), then BatchNormalization. */
  convBatchNorm(name: string, x: Value, options: ConvOptions): Value
  relu(name: string, x: Value): Value
  relu6(name: string, x: Value): Value
  add(name: string, a: Value, b: Value): Value
  /** The largest of each 3×3 window at stride 2, padded by 1. */
  maxPool(name: string, x: Value): Value
  /** Mean over the image, then a linear layer: ends the graph with the output `logits`, `[N, classes]`. */
  classify(x: Value, classes: number): Graph
}

/**
 * Starts a graph whose weights are drawn from the seed, each tensor from a stream of its own: convolutions from
 * N(0, 2 / fan-in) and the classifier from N(0, 1 / fan-in) (He et al. 2015, "Delving Deep into Rectifiers");
 * BatchNormalization starts as the identity.
 * @param input `[C, H, W]`
 */
export function createLayers(name: string, input: readonly number[], seed: number): Layers {
  const b = createBuilder(name)
  let stream = 0
  const normal = (weight: string, dims: readonly number[], variance: number) => {
    const random = createRandom(seed, stream++)
    const deviation = Math.sqrt(variance)
    const elements = new Float32Array(elementCount(dims))
    for (const place of elements.keys()) elements[place] = deviation * randomNormal(random)
    return b.initializer(weight, tensorOf('float32', dims, elements))
  }
  const filled = (vector: string, size: number, value: number) =>
    b.initializer(vector, tensorOf('float32', [size], new Float32Array(size).fill(value)))

  return {
    input: b.input('input', 'float32', ['N', ...input]),
    convBatchNorm: (layer, x, { channels, kernel, stride = 1, group = 1 }) =>
      b.scope(layer, () => {
        const perGroup = channelsOf(x) / group
        const weight = normal(`${layer}/weight`, [channels, perGroup, kernel, kernel], 2 / (perGroup * kernel * kernel))
        const pads = Array<number>(4).fill((kernel - 1) / 2)
        const y = b.Conv(x, weight, { group, kernel_shape: [kernel, kernel], pads, strides: [stride, stride] })
        const parts = [
          filled(`${layer}/scale`, channels, 1),
          filled(`${layer}/shift`, channels, 0),
          filled(`${layer}/mean`, channels, 0),
          filled(`${layer}/variance`, channels, 1),
        ] as const
        return b.BatchNormalization(y, ...parts, { epsilon })
      }),
    relu: (layer, x) => b.scope(layer, () => b.Relu(x)),
    relu6: (layer, x) => b.scope(layer, () => b.Clip(x, b.scalar(0), b.scalar(6))),
    add: (layer, first, second) => b.scope(layer, () => b.Add(first, second)),
    maxPool: (layer, x) =>
      b.scope(layer, () => b.MaxPool(x, { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] })),
    classify: (x, classes) =>
      b.scope('classifier', () => {
        const features = b.Flatten(b.GlobalAveragePool(x))
        const channels = channelsOf(x)
        const weight = normal('classifier/weight', [classes, channels], 1 / channels)
        const logits = b.Gemm(features, weight, filled('classifier/bias', classes, 0), { transB: 1 })
        b.output(b.named(logits, 'logits'))
        return b.build()
      }),
  }
}

/** Channels of an image or feature map that the builder knows the shape of. */
export const channelsOf = ({ shape }: Value): number => Number(shape?.[1])
