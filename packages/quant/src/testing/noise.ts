import {
  type Batch,
  createRandom,
  type DataSource,
  elementCount,
  randomNormal,
  type TensorData,
} from '@pare/core-graph'

/** A float32 tensor of standard normal numbers. */
export function noise(dims: readonly number[], seed: number): TensorData {
  const random = createRandom(seed)
  return {
    dataType: 'float32',
    dims,
    data: Float32Array.from({ length: elementCount(dims) }, () => randomNormal(random)),
  }
}

/** `size` samples of noise for one input; the order does not matter, so a shuffle is not done. */
export function noiseSource(input: string, sample: readonly number[], size: number): DataSource {
  return {
    size,
    labelled: false,
    async *batches({ batchSize, limit = size }): AsyncGenerator<Batch> {
      for (let first = 0; first < Math.min(size, limit); first += batchSize) {
        const count = Math.min(batchSize, limit - first, size - first)
        yield { inputs: { [input]: noise([count, ...sample], first) }, labels: undefined, size: count }
      }
    },
  }
}
