import {
  type DataSource,
  type Executor,
  type Graph,
  isFloat,
  type Node,
  runBatch,
  type TensorMap,
} from '@pare/core-graph'
import { similaritySums } from '@pare/evaluate'
import { insertQdq } from './insert-qdq.ts'
import type { QuantizationPlan } from './plan.ts'
import { ruleOf } from './quantized-nodes.ts'
import type { RangeStore, Sampling } from './range-store.ts'

/** What int8 in one layer alone costs. Plain JSON data. */
export interface LayerSensitivity {
  readonly node: string
  readonly op: string
  /** Signal-to-quantization-noise ratio of the model's outputs in dB; null where nothing differs. */
  readonly sqnr: number | null
}

/** Samples that the outputs are compared on, at most, and what they may take with them in bytes. */
const mostSamples = 128
const memoryBudget = 64 * 2 ** 20

/**
 * How much each layer that computes in int8 costs by itself: quantized alone, all others in float, the noise at the
 * model's outputs is its own, and noises of layers add up. (With the layer alone in *float* the noise of all others would
 * hide what is measured.)
 *
 * @param planOf plans the graph, but for the nodes that are to stay float
 * @returns the layers, the most sensitive first
 */
export async function sensitivities(
  graph: Graph,
  planOf: (keep: ReadonlyMap<string, string>) => QuantizationPlan,
  ranges: RangeStore,
  sampling: Sampling,
): Promise<readonly LayerSensitivity[]> {
  const { executor, progress, signal } = sampling
  const layers = computingNodes(graph, planOf(new Map()))
  if (layers.length === 0) return []
  const samples = await reference(graph, sampling)
  const found: LayerSensitivity[] = []
  for (const layer of layers) {
    signal?.throwIfAborted()
    const others = layers.filter(other => other !== layer)
    const plan = planOf(new Map(others.map(({ name }) => [name, 'another layer is looked at'])))
    const sums = similaritySums()
    await addOutputs(insertQdq(graph, plan, await ranges(plan)), executor, samples, sums.add)
    found.push({ node: layer.name, op: layer.op, sqnr: sums.result().sqnr })
    progress?.({ done: found.length, total: layers.length, unit: 'layers' })
  }
  return found.sort((a, b) => (a.sqnr ?? Number.POSITIVE_INFINITY) - (b.sqnr ?? Number.POSITIVE_INFINITY))
}

/** The nodes of a plan that multiply and add; the others follow them. */
export function computingNodes(graph: Graph, { quantized }: Pick<QuantizationPlan, 'quantized'>): readonly Node[] {
  const names = new Set(quantized.map(({ node }) => node))
  return graph.nodes.filter(node => names.has(node.name) && ruleOf(node)?.role === 'computes')
}

interface Sample {
  readonly batch: Parameters<typeof runBatch>[2]
  readonly outputs: readonly TensorMap[]
}

async function reference(
  graph: Graph,
  { executor, calibration, samples, batchSize, seed, signal }: Sampling,
): Promise<readonly Sample[]> {
  await using session = await executor.open(graph)
  const found: Sample[] = []
  let bytes = 0
  for await (const batch of someOf(calibration, Math.min(samples, mostSamples), batchSize, seed, signal)) {
    const outputs: TensorMap[] = []
    for await (const part of runBatch(session, graph, batch)) outputs.push(part.outputs)
    found.push({ batch, outputs })
    bytes += sizeOf(batch.inputs) + outputs.reduce((sum, tensors) => sum + sizeOf(tensors), 0)
    if (bytes > memoryBudget) break
  }
  return found
}

const someOf = (source: DataSource, limit: number, batchSize: number, seed: number, signal: AbortSignal | undefined) =>
  source.batches({
    batchSize: Math.min(batchSize, limit),
    limit,
    ...(source.shuffles === false ? {} : { shuffle: { seed, epoch: 0 } }),
    ...(signal && { signal }),
  })

const sizeOf = (tensors: TensorMap) => Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0)

async function addOutputs(
  graph: Graph,
  executor: Executor,
  samples: readonly Sample[],
  add: (reference: ArrayLike<number>, candidate: ArrayLike<number>) => void,
): Promise<void> {
  await using session = await executor.open(graph)
  for (const { batch, outputs } of samples) {
    let part = 0
    for await (const { outputs: got } of runBatch(session, graph, batch)) {
      for (const [name, wanted] of Object.entries(outputs[part] ?? {})) {
        const other = got[name]
        if (isFloat(wanted.dataType) && other) add(wanted.data as Float32Array, other.data as Float32Array)
      }
      part++
    }
  }
}
