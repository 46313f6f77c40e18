import { createRandom, type DataSource, randomNormal, type TensorData } from '@pare/core-graph'

/** Noisy labelled images `[C, H, W]`; the class is the number of waves across. Samples are the same in every pass. */
export function stripes(
  input: string,
  [channels, height, width]: readonly [number, number, number],
  { classes, size, seed }: { readonly classes: number; readonly size: number; readonly seed: number },
): DataSource {
  const area = height * width
  const image = (index: number) => {
    const random = createRandom(seed, index)
    const waves = 1 + (index % classes)
    return Float32Array.from(
      { length: channels * area },
      (_, at) => Math.sin((2 * Math.PI * waves * (at % width)) / width) + 0.5 * randomNormal(random),
    )
  }
  return {
    size,
    labelled: true,
    async *batches({ batchSize, limit = size, dropLast, skip = 0 }) {
      const end = Math.min(limit, size)
      for (let first = skip * batchSize; first < end; first += batchSize) {
        const count = Math.min(batchSize, end - first)
        if (count < batchSize && dropLast) return
        const data = new Float32Array(count * channels * area)
        for (let row = 0; row < count; row++) data.set(image(first + row), row * channels * area)
        const tensor: TensorData = { dataType: 'float32', dims: [count, channels, height, width], data }
        yield {
          inputs: { [input]: tensor },
          labels: Int32Array.from({ length: count }, (_, row) => (first + row) % classes),
          size: count,
        }
      }
    },
  }
}
