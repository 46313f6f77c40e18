import { type ChannelReduction, channelReductions, type Graph, inferTypes, type Node } from '@pare/core-graph'
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
  { calibration, ...sampling }: Sampling,
): Promise<ReadonlyMap<string, Float64Array>> {
  const types = inferTypes(graph).values
  const channelled = values.filter(name => {
    const { dataType, shape = [] } = types.get(name) ?? {}
    return dataType === 'float32' && shape.some((_, axis) => axis !== 1)
  })
  const found = new Map<string, Float64Array>()
  if (channelled.length === 0) return found
  const reductions = channelled.map(
    (value): ChannelReduction => ({
      value,
      axis: 1,
      reduce: (b, tensor, others) => b.ReduceMax(b.Abs(tensor), others, { keepdims: 0 }),
    }),
  )
  const setup = { ...sampling, source: calibration, session: { plansMemory: false } }
  for await (const { numbers } of channelReductions(graph, reductions, setup))
    for (const [index, name] of channelled.entries()) {
      const most = found.get(name)
      found.set(
        name,
        Float64Array.from(numbers[index] ?? [], (value, channel) => Math.max(value, most?.[channel] ?? 0)),
      )
    }
  return found
}
