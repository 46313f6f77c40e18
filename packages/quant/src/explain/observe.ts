import { createBuilder, type Graph, type Node, runBatch, shuffledOrder, withOutputs } from '@pare/core-graph'
import type { Range } from '../affine.ts'
import { calibrate } from '../calibrate.ts'
import { type LayerWeights, layerWeights, reachOf } from '../layer-weights.ts'
import { minMax } from '../observers/min-max.ts'
import { percentile } from '../observers/percentile.ts'
import { usualQuantization } from '../plan.ts'
import type { Sampling } from '../range-store.ts'

/** What is known of a float model's values on the samples, and of its weights. */
export interface Observed {
  readonly range: (value: string) => Range | undefined
  readonly bulk: (value: string) => Range | undefined
  readonly channels: (value: string) => Float64Array | undefined
  readonly weights: (node: Node) => LayerWeights | undefined
  readonly reaches: (weights: LayerWeights) => Float64Array
}

/**
 * @param values whose ranges are wanted
 * @param channelled those of them whose channels are looked at one by one
 */
export async function observe(
  graph: Graph,
  values: readonly string[],
  channelled: readonly string[],
  { executor, calibration, ...sampling }: Sampling,
): Promise<Observed> {
  const [range = new Map<string, Range>(), bulk = new Map<string, Range>()] = await calibrate(
    graph,
    executor,
    calibration,
    {
      values,
      observers: [{ observer: minMax }, { observer: percentile, options: { percentile: 99.9 } }],
      activations: usualQuantization.activations,
      ...sampling,
    },
  )
  const channels = await channelReach(graph, [...new Set(channelled)], { executor, calibration, ...sampling })
  return {
    range: value => range.get(value),
    bulk: value => bulk.get(value),
    channels: value => channels.get(value),
    weights: node => layerWeights(graph, node),
    reaches: weights => {
      const reach = reachOf(graph, weights)
      const { outputs, columns } = weights
      return Float64Array.from({ length: outputs }, (_, row) =>
        reach.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.max(a, b), 0),
      )
    },
  }
}

/** The greatest magnitude of each channel (axis 1), of values that have channels. */
async function channelReach(
  graph: Graph,
  values: readonly string[],
  { executor, calibration, samples, batchSize, seed, signal }: Sampling,
): Promise<ReadonlyMap<string, Float64Array>> {
  const b = createBuilder(graph)
  const outputs = new Map(
    values.flatMap(name => {
      const value = b.value(name)
      const axes = (value.shape ?? []).map((_, axis) => axis).filter(axis => axis !== 1)
      if (axes.length === 0 || value.dataType !== 'float32') return []
      return [[name, b.ReduceMax(b.Abs(value), b.ints(...axes), { keepdims: 0 }).name] as const]
    }),
  )
  const found = new Map<string, Float64Array>()
  if (outputs.size === 0) return found
  const probed = withOutputs(b.build(), [...outputs.values()])
  await using session = await executor.open(probed, { plansMemory: false })
  for await (const batch of calibration.batches({
    batchSize,
    limit: samples,
    ...shuffledOrder(calibration, seed),
    ...(signal && { signal }),
  }))
    for await (const { outputs: results } of runBatch(session, probed, batch))
      for (const [name, output] of outputs) {
        const reach = Array.from(results[output]?.data ?? [], Number)
        const most = found.get(name)
        found.set(
          name,
          Float64Array.from(reach, (value, channel) => Math.max(value, most?.[channel] ?? 0)),
        )
      }
  return found
}
