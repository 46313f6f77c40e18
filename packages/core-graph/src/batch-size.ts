import type { Batch, DataSource, TensorMap } from './ports.ts'

/**
 * How many samples may run at a time so that all that is fetched stays within a budget, by what the first sample takes.
 * At least 1.
 * @param budget in bytes
 * @param run runs a batch and returns what is fetched of it
 */
export async function fittingBatchSize(
  source: DataSource,
  budget: number,
  run: (batch: Batch) => Promise<readonly TensorMap[]>,
): Promise<number> {
  for await (const batch of source.batches({ batchSize: 1, limit: 1 })) {
    const tensors = (await run(batch)).flatMap(outputs => Object.values(outputs))
    const bytes = tensors.reduce((sum, { data }) => sum + data.byteLength, 0)
    return Math.max(1, Math.floor(budget / Math.max(bytes, 1)))
  }
  return 1
}
