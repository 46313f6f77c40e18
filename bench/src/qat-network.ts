import { createBuilder, createRandom, type Graph, randomNormal, type TensorData, tensorOf } from '@pare/core-graph'

/** A layer as both sides have it: convolutions are followed by Relu, the linear one by nothing. */
export interface Layer {
  readonly name: string
  readonly kind: 'convolution' | 'linear'
  /** Of the weights. */
  readonly dims: readonly number[]
  readonly group: number
  readonly weight: Float32Array
  readonly bias: Float32Array
}

const input = [3, 6, 6] as const
const classes = 10

const layer = (place: number, name: string, kind: Layer['kind'], dims: readonly [number, ...number[]], group = 1) => {
  const random = createRandom(1, place)
  const inputs = dims.slice(1).reduce((a, b) => a * b)
  const normal = (length: number, deviation: number) =>
    Float32Array.from({ length }, () => deviation * randomNormal(random))
  return {
    name,
    kind,
    dims,
    group,
    weight: normal(dims[0] * inputs, Math.sqrt(2 / inputs)),
    bias: normal(dims[0], 0.1),
  } satisfies Layer
}

/** In their order: between the last convolution and the linear layer is the mean over the image. */
export const layers: readonly Layer[] = [
  layer(0, 'first', 'convolution', [8, input[0], 3, 3]),
  layer(1, 'depthwise', 'convolution', [8, 1, 3, 3], 8),
  layer(2, 'pointwise', 'convolution', [16, 8, 1, 1]),
  layer(3, 'classifier', 'linear', [classes, 16]),
]

/** The values that are quantized are `input`, each convolution's name, and `mean`. */
export function network(): Graph {
  const b = createBuilder('qat-network')
  let x = b.input('input', 'float32', ['N', ...input])
  for (const { name, kind, dims, group, weight, bias } of layers) {
    const own = b.initializer(`${name}/weight`, tensorOf('float32', dims, weight))
    const shift = b.initializer(`${name}/bias`, tensorOf('float32', [bias.length], bias))
    if (kind === 'linear') {
      x = b.Gemm(b.named(b.ReduceMean(x, b.ints(2, 3), { keepdims: 0 }), 'mean'), own, shift, { transB: 1 })
      continue
    }
    const [, , height = 1, width = 1] = dims
    const pads = [height, width, height, width].map(size => (size - 1) / 2)
    x = b.named(b.Relu(b.Conv(x, own, shift, { group, kernel_shape: [height, width], pads })), name)
  }
  b.output(b.named(x, 'logits'))
  return b.build()
}

/** Noise with labels, each batch louder or softer than the one before, so that an average is none of its extremes. */
export function observedBatches(
  batches: number,
  batchSize: number,
  seed = 1,
): { readonly images: TensorData; readonly labels: Int32Array } {
  const random = createRandom(seed)
  const length = batchSize * input[0] * input[1] * input[2]
  const data = new Float32Array(batches * length)
  for (let batch = 0; batch < batches; batch++) {
    const deviation = 0.5 + random()
    for (let place = batch * length; place < (batch + 1) * length; place++)
      data[place] = deviation * randomNormal(random)
  }
  const count = batches * batchSize
  const labels = Int32Array.from({ length: count }, () => Math.floor(classes * random()))
  return { images: { dataType: 'float32', dims: [count, ...input], data }, labels }
}
