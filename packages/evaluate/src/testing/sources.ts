import type { Batch, DataSource, TensorData } from '@pare/core-graph'

/** Samples of `length` numbers each as a data source; batches hold them as `[N, length]` under `input`. */
export function sourceOf(samples: readonly (readonly number[])[], labels?: readonly number[]): DataSource {
  return {
    size: samples.length,
    labelled: labels !== undefined,
    batches: async function* ({ batchSize, limit = samples.length, signal }) {
      const count = Math.min(limit, samples.length)
      for (let first = 0; first < count; first += batchSize) {
        signal?.throwIfAborted()
        yield batchOf(
          samples.slice(first, Math.min(first + batchSize, count)),
          labels?.slice(first, Math.min(first + batchSize, count)),
        )
      }
    },
  }
}

const batchOf = (samples: readonly (readonly number[])[], labels?: readonly number[]): Batch => ({
  inputs: { input: tensorOfRows(samples) },
  labels: labels && Int32Array.from(labels),
  size: samples.length,
})

export const tensorOfRows = (rows: readonly (readonly number[])[]): TensorData => ({
  dataType: 'float32',
  dims: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
})

export const numbersOf = (tensor: TensorData | undefined): number[] =>
  tensor ? Array.from<number | bigint, number>(tensor.data, Number) : []
