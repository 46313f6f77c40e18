import type { Graph, Node } from '@pare/core-graph'
import { insertQdq } from './insert-qdq.ts'
import { outputFidelity, referenceOutputs } from './output-fidelity.ts'
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

/** Samples that the outputs are compared on, at most. */
const mostSamples = 128

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
  const samples = Math.min(sampling.samples, mostSamples)
  const reference = await referenceOutputs(graph, { ...sampling, samples })
  const found: LayerSensitivity[] = []
  for (const layer of layers) {
    signal?.throwIfAborted()
    const others = layers.filter(other => other !== layer)
    const plan = planOf(new Map(others.map(({ name }) => [name, 'another layer is looked at'])))
    const { sqnr } = await outputFidelity(insertQdq(graph, plan, await ranges(plan)), executor, reference)
    found.push({ node: layer.name, op: layer.op, sqnr })
    progress?.({ done: found.length, total: layers.length, unit: 'layers' })
  }
  return found.sort((a, b) => (a.sqnr ?? Number.POSITIVE_INFINITY) - (b.sqnr ?? Number.POSITIVE_INFINITY))
}

/** The nodes of a plan that multiply and add; the others follow them. */
function computingNodes(graph: Graph, { quantized }: Pick<QuantizationPlan, 'quantized'>): readonly Node[] {
  const names = new Set(quantized.map(({ node }) => node))
  return graph.nodes.filter(node => names.has(node.name) && ruleOf(node)?.role === 'computes')
}
