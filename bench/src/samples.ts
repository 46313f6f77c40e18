import { createRandom, type DataSource, type TensorData } from '@pare/core-graph'

/** One image of smooth colour patches with a little noise, [3, size, size], about zero mean: the statistics of photos, from a seed. */
function image(size: number, seed: number): Float32Array {
  const random = createRandom(seed)
  const waves = Array.from({ length: 12 }, () => ({
    x: 12 * random() - 6,
    y: 12 * random() - 6,
    phase: 2 * Math.PI * random(),
    weight: [random() - 0.5, random() - 0.5, random() - 0.5] as const,
  }))
  const data = new Float32Array(3 * size * size)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      for (const { x, y, phase, weight } of waves) {
        const value = Math.sin((x * column + y * row) / size + phase)
        for (let channel = 0; channel < 3; channel++) {
          const at = (channel * size + row) * size + column
          data[at] = (data[at] ?? 0) + 1.4 * value * (weight[channel] ?? 0) + 0.02 * (random() - 0.5)
        }
      }
  return data
}

/** `count` images as one tensor, [count, 3, size, size]. */
export function images(count: number, size: number, seed: number): TensorData {
  const length = 3 * size * size
  const data = new Float32Array(count * length)
  for (let index = 0; index < count; index++) data.set(image(size, seed + index), index * length)
  return { dataType: 'float32', dims: [count, 3, size, size], data }
}

/** A tensor of samples as data for one input, with the class of each or without. */
export function tensorSource(input: string, { dims, data, dataType }: TensorData, labels?: Int32Array): DataSource {
  const [size = 0, ...shape] = dims
  const length = shape.reduce((a, b) => a * b, 1)
  return {
    size,
    labelled: labels !== undefined,
    shuffles: false,
    async *batches({ batchSize, limit = size }) {
      const end = Math.min(size, limit)
      for (let first = 0; first < end; first += batchSize) {
        const count = Math.min(batchSize, end - first)
        const part = data.slice(first * length, (first + count) * length)
        const inputs = { [input]: { dataType, dims: [count, ...shape], data: part } }
        yield { inputs, labels: labels?.slice(first, first + count), size: count }
      }
    },
  }
}
