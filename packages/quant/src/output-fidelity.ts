import {
  type Batch,
  type Executor,
  type Graph,
  isFloat,
  runBatch,
  type SessionOptions,
  shuffledOrder,
  type TensorData,
  type TensorMap,
} from '@pare/core-graph'
import { bestClass, similaritySums } from '@pare/evaluate'
import type { Sampling } from './range-store.ts'

/** Samples, and what a model makes of them. */
export type ReferenceOutputs = readonly { readonly batch: Batch; readonly outputs: readonly TensorMap[] }[]

/** How much of a model's outputs another one keeps. Plain JSON data. */
export interface OutputFidelity {
  /** Signal-to-quantization-noise ratio over all outputs in dB; null where nothing differs. */
  readonly sqnr: number | null
  /** Share of samples with the same greatest element in the first output `[N, C]`; undefined for outputs of other shapes. */
  readonly agreement: number | undefined
}

/** What samples and outputs together may take, in bytes. */
const memoryBudget = 64 * 2 ** 20

/** What a model makes of the first calibration samples of a shuffle: fewer than asked for where they take much memory. */
export async function referenceOutputs(
  graph: Graph,
  { executor, calibration, samples, batchSize, seed, signal }: Omit<Sampling, 'progress'>,
): Promise<ReferenceOutputs> {
  await using session = await executor.open(graph)
  const found: { batch: Batch; outputs: TensorMap[] }[] = []
  let bytes = 0
  const wanted = {
    batchSize: Math.min(batchSize, samples),
    limit: samples,
    ...shuffledOrder(calibration, seed),
    ...(signal && { signal }),
  }
  for await (const batch of calibration.batches(wanted)) {
    const outputs: TensorMap[] = []
    for await (const part of runBatch(session, graph, batch)) outputs.push(part.outputs)
    found.push({ batch, outputs })
    bytes += sizeOf(batch.inputs) + outputs.reduce((sum, tensors) => sum + sizeOf(tensors), 0)
    if (bytes > memoryBudget) break
  }
  return found
}

const sizeOf = (tensors: TensorMap) => Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0)

/** Runs a candidate on the reference's samples. */
export async function outputFidelity(
  graph: Graph,
  executor: Executor,
  reference: ReferenceOutputs,
  options: SessionOptions = {},
): Promise<OutputFidelity> {
  await using session = await executor.open(graph, options)
  const sums = similaritySums()
  const first = graph.outputs[0]?.name ?? ''
  let samples = 0
  let same: number | undefined = 0
  for (const { batch, outputs } of reference) {
    let part = 0
    for await (const { outputs: got, size } of runBatch(session, graph, batch)) {
      const wanted = outputs[part] ?? {}
      for (const [name, tensor] of Object.entries(wanted)) {
        const other = got[name]
        if (isFloat(tensor.dataType) && other) sums.add(tensor.data as Float32Array, other.data as Float32Array)
      }
      const agreeing = agreements(wanted[first], got[first])
      same = same === undefined || agreeing === undefined ? undefined : same + agreeing
      samples += size
      part++
    }
  }
  return { sqnr: sums.result().sqnr, agreement: same === undefined || samples === 0 ? undefined : same / samples }
}

/** Of how many rows the greatest element is at the same place; undefined where there are no rows of several. */
function agreements(wanted: TensorData | undefined, got: TensorData | undefined): number | undefined {
  const [rows = 0, columns = 0] = wanted?.dims ?? []
  if (!wanted || !got || wanted.dims.length !== 2 || columns < 2 || !isFloat(wanted.dataType)) return undefined
  const classOf = ({ data }: TensorData, row: number) =>
    bestClass({ values: data as Float32Array, classes: columns }, row)
  return Array.from({ length: rows }, (_, row) => classOf(wanted, row) === classOf(got, row)).filter(Boolean).length
}
