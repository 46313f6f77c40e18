import type { Graph, TargetQuantization } from '@pare/core-graph'
import { type KeptFloat, type PlannedWeight, planWeights } from './plan-weights.ts'
import { chooseNodes, type NodeChoice, worksOnFloats } from './quantized-nodes.ts'
import { type ScaleGroup, scaleGroups } from './scale-groups.ts'

/** What is to be quantized and how, made from the graph alone: no data has been seen yet. Plain data. */
export interface QuantizationPlan {
  /** The nodes that compute in int8, in the graph's order; Relu and Clip whose work the pair behind them does included. */
  readonly quantized: readonly { readonly node: string; readonly op: string }[]
  /** Values that get a Q/DQ pair, by the scale that they share. */
  readonly groups: readonly ScaleGroup[]
  readonly weights: readonly PlannedWeight[]
  /** What stays float, and why. */
  readonly kept: readonly KeptFloat[]
  /** What the user should know beside: weights that had to share one scale. */
  readonly notes: readonly string[]
  readonly quantization: TargetQuantization
}

/** What quantization is without a target: the best on CPUs with VNNI, and as it is usually compared. */
export const usualQuantization: TargetQuantization = {
  activations: { dataType: 'uint8', symmetric: false },
  weights: { bits: 8, perChannel: true },
  bias: 'int32',
}

/** How to quantize, and which nodes. */
export interface PlanOptions extends NodeChoice {
  /** Default: `usualQuantization`. */
  readonly quantization?: TargetQuantization
}

/**
 * Decides what can be quantized, and says of everything else why it cannot. The graph should have been simplified
 * before (`simplify`: operator set 21, BatchNormalization folded).
 * @throws RecipeError `RECIPE_NO_MATCH` when a pattern matches no node
 * @throws ModelError `MODEL_NOT_FINITE` for weights that are NaN or infinite
 */
export function planQuantization(graph: Graph, options: PlanOptions = {}): QuantizationPlan {
  const { quantization = usualQuantization } = options
  const { nodes, absorbed, reasons } = chooseNodes(graph, options)
  const { weights, kept, notes } = planWeights(graph, nodes, quantization)
  const whole = new Set([...nodes.map(({ node }) => node), ...absorbed])
  const left = graph.nodes.flatMap(node => {
    const reason = reasons.get(node)
    return reason !== undefined && worksOnFloats(graph, node) ? [{ node: node.name, op: node.op, reason }] : []
  })
  return {
    quantized: graph.nodes.filter(node => whole.has(node)).map(node => ({ node: node.name, op: node.op })),
    groups: scaleGroups(graph, nodes),
    weights,
    kept: [...left, ...kept],
    notes,
    quantization,
  }
}
