import { type DataSource, type Executor, type Graph, runBatch } from '@pare/core-graph'

/** How far a quantized model's outputs are apart when it is computed in integers and as it says. Plain JSON data. */
export interface KernelDifferences {
  readonly samples: number
  /** Share of samples whose greatest number of the first output is the same one. */
  readonly agreement: number
  /** Percentiles of the differences of all its numbers, each as a share of the greatest magnitude in its sample. */
  readonly median: number
  readonly p99: number
  readonly greatest: number
}

/** What to compare on. */
export interface CompareSetup {
  readonly executor: Executor
  readonly source: DataSource
  readonly samples: number
  readonly signal?: AbortSignal | undefined
}

/** Runs a quantized model with the runtime's integer kernels, and with each pair of roundings in float32. */
export async function compareKernels(
  graph: Graph,
  { executor, source, samples, signal }: CompareSetup,
): Promise<KernelDifferences> {
  await using integers = await executor.open(graph)
  await using floats = await executor.open(graph, { fusesQuantization: false })
  const name = graph.outputs[0]?.name ?? ''
  const shares: number[] = []
  let [seen, same] = [0, 0]
  for await (const batch of source.batches({ batchSize: 32, limit: samples, ...(signal && { signal }) })) {
    const rows: number[][][] = []
    for (const session of [integers, floats]) {
      const outputs: number[][] = []
      for await (const {
        outputs: { [name]: output },
        size,
      } of runBatch(session, graph, batch, [name]))
        outputs.push(...rowsOf(Array.from(output?.data ?? [], Number), size))
      rows.push(outputs)
    }
    const [made = [], expected = []] = rows
    for (const [place, row] of made.entries()) {
      const reference = expected[place] ?? []
      const reach = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
      for (const [at, value] of row.entries()) shares.push(Math.abs(value - (reference[at] ?? 0)) / reach)
      if (greatestAt(row) === greatestAt(reference)) same++
      seen++
    }
  }
  const sorted = Float64Array.from(shares).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { samples: seen, agreement: seen > 0 ? same / seen : 1, median: at(0.5), p99: at(0.99), greatest: at(1) }
}

const rowsOf = (values: readonly number[], count: number): number[][] =>
  Array.from({ length: count }, (_, row) =>
    values.slice((row * values.length) / count, ((row + 1) * values.length) / count),
  )

const greatestAt = (row: readonly number[]): number =>
  row.reduce((best, value, at) => (value > (row[best] ?? Number.NEGATIVE_INFINITY) ? at : best), 0)
