import {
  type Batch,
  type DataSource,
  type Executor,
  fittingBatchSize,
  fixedBatchSize,
  type Graph,
  type ProgressListener,
  runWhole,
  type TensorData,
  type TensorMap,
  withOutputs,
} from '@pare/core-graph'
import { matchValues } from './match-values.ts'
import { isFiniteSimilarity, type Similarity, similaritySums, worseFirst } from './similarity.ts'

/** One value of the reference beside the candidate's. */
export interface LayerFidelity extends Similarity {
  /** Name of the value in the reference. */
  readonly value: string
  /** Name of the value that stands for it in the candidate. */
  readonly candidate: string
  /** Node and operator of the reference that make it. */
  readonly node: string
  readonly op: string
}

/** A value that could not be compared, and why. */
export interface UnmatchedValue {
  readonly value: string
  readonly reason: string
}

export interface LayersOptions {
  readonly executor: Executor
  readonly source: DataSource
  readonly limit: number
  readonly signal?: AbortSignal
  readonly progress?: ProgressListener
}

/**
 * Compares what two models make in between, on the same samples: every matched value (see `matchValues`), worst first.
 * The sessions keep every value as the graphs have it, unfused; so a quantized layer is seen with the numbers that the
 * ONNX specification gives it.
 */
export async function compareLayers(
  reference: Graph,
  candidate: Graph,
  { executor, source, limit, signal, progress }: LayersOptions,
): Promise<{ readonly layers: readonly LayerFidelity[]; readonly unmatched: readonly UnmatchedValue[] }> {
  const { matches, unmatched } = matchValues(reference, candidate)
  const names = matches.map(match => match.value)
  const candidateNames = [...new Set(matches.map(match => match.candidate))]
  const sums = new Map(names.map(name => [name, similaritySums()]))
  const refused = new Map(unmatched.map(value => [value, 'the candidate has no value of this name']))
  if (matches.length > 0) {
    const [first, second] = [withOutputs(reference, names), withOutputs(candidate, candidateNames)]
    await using expected = await executor.open(first, { optimize: false })
    await using actual = await executor.open(second, { optimize: false })
    const run = async (batch: Batch): Promise<readonly [TensorMap, TensorMap]> => [
      await runWhole(expected, reference, batch, names),
      await runWhole(actual, candidate, batch, candidateNames),
    ]
    const batchSize =
      [reference, candidate].map(fixedBatchSize).find(size => size !== undefined) ??
      Math.min(mostSamples, await fittingBatchSize(source, memoryBudget, run))
    const total = source.size === undefined ? limit : Math.min(limit, source.size)
    let done = 0
    for await (const batch of source.batches({ batchSize, limit, ...(signal ? { signal } : {}) })) {
      signal?.throwIfAborted()
      const [wanted, got] = await run(batch)
      for (const match of matches) {
        const [r, c] = [wanted[match.value], got[match.candidate]]
        const reason = incomparable(r, c)
        if (reason !== undefined) refused.set(match.value, reason)
        else if (r && c) sums.get(match.value)?.add(r.data as Float32Array, c.data as Float32Array)
      }
      done += batch.size
      progress?.({ done, total, unit: 'samples' })
    }
  }
  const layers: LayerFidelity[] = []
  for (const { value, candidate, node } of matches) {
    const similarity = sums.get(value)?.result()
    if (!similarity || refused.has(value)) continue
    // Such as a mask of −∞, which is nothing wrong in between.
    if (isFiniteSimilarity(similarity)) layers.push({ value, candidate, node: node.name, op: node.op, ...similarity })
    else refused.set(value, 'it holds NaN or infinite numbers')
  }
  return { layers: layers.sort(worseFirst), unmatched: [...refused].map(([value, reason]) => ({ value, reason })) }
}

/** What all values of both models may take at a time, in bytes. */
const memoryBudget = 128 * 2 ** 20
const mostSamples = 64

function incomparable(reference: TensorData | undefined, candidate: TensorData | undefined): string | undefined {
  if (!(reference?.data instanceof Float32Array)) return `it is ${reference?.dataType ?? 'no tensor'}, not float32`
  if (candidate?.data instanceof Float32Array && String(candidate.dims) === String(reference.dims)) return undefined
  return `[${reference.dims.join(', ')}] became ${candidate?.dataType ?? 'no tensor'} [${candidate?.dims.join(', ')}]`
}
