import type { Graph, TensorData, TensorMap } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'

export const executor = createExecutor({ threads: 1 })

/** Runs a graph once; `optimize: false` computes every Q/DQ pair in float32, as the specification says. */
export async function run(graph: Graph, feeds: TensorMap, optimize = false): Promise<TensorMap> {
  await using session = await executor.open(graph, { optimize })
  return await session.run(feeds)
}

export const numbersOf = (tensor: TensorData | undefined): number[] =>
  Array.from((tensor?.data ?? []) as Iterable<number | bigint>, Number)

/** Signal-to-noise ratio in dB: 10·log₁₀(Σ reference² / Σ (reference − other)²). */
export function signalToNoise(reference: readonly number[], other: readonly number[]): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value ** 2, 0)
  return 10 * Math.log10(sum(reference) / sum(reference.map((value, index) => value - (other[index] ?? 0))))
}

/** The index of the greatest number of each row. */
export function topOf(tensor: TensorData | undefined): number[] {
  const classes = tensor?.dims[1] ?? 1
  const values = numbersOf(tensor)
  return Array.from({ length: values.length / classes }, (_, row) => {
    const scores = values.slice(row * classes, (row + 1) * classes)
    return scores.indexOf(Math.max(...scores))
  })
}
