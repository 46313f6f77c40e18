import {
  bodiesOf,
  type DataSource,
  type Executor,
  type Graph,
  ModelError,
  type Node,
  type ProgressListener,
  simplify,
  type Target,
  type TargetQuantization,
} from '@pare/core-graph'
import type { z } from 'zod'
import type { Affine, Range } from './affine.ts'
import { calibrate } from './calibrate.ts'
import { groupAffines, insertQdq, type Ranges } from './insert-qdq.ts'
import { planQuantization, type QuantizationPlan } from './plan.ts'
import type { KeptFloat } from './plan-weights.ts'
import { observerOf, quantizationFor, staticOptions } from './static-options.ts'

/** What quantization needs of the world. */
export interface StaticContext {
  readonly executor: Executor
  /** Typical samples; labels are not used. */
  readonly calibration: DataSource
  /** What the model is made for: decides what the options leave open. */
  readonly target?: Target
  /** Default 0. */
  readonly seed?: number
  readonly progress?: ProgressListener
  readonly signal?: AbortSignal
}

/** What was quantized how. Plain JSON data. */
export interface QuantizationDetails {
  readonly quantized: QuantizationPlan['quantized']
  /** How: by the options, and the target where they leave it open. */
  readonly quantization: TargetQuantization
  /** Everything that stays float, with its reason. */
  readonly kept: readonly KeptFloat[]
  readonly notes: readonly string[]
  /** Each value's range on the calibration data (undefined where it follows from the operator), and what it was mapped by. */
  readonly values: readonly ({ readonly name: string; readonly range: Range | undefined } & Affine)[]
}

/**
 * Quantizes a float32 model to int8 after training: simplify, plan, observe calibration data, write Q/DQ pairs.
 * The model's inputs and outputs keep their names, types and shapes.
 *
 * @throws RecipeError `RECIPE_NO_MATCH`, `RECIPE_TARGET`; ModelError `MODEL_QUANTIZED`, `MODEL_NOT_FINITE`; DataError `DATA_EMPTY`, `DATA_NOT_FINITE`;
 *   and what `simplify` and the executor throw
 */
export async function quantizeStatic(
  graph: Graph,
  context: StaticContext,
  options: z.input<typeof staticOptions> = {},
): Promise<{ readonly graph: Graph; readonly details: QuantizationDetails }> {
  const { observer, samples, batchSize, include, exclude, ...chosen } = staticOptions.parse(options)
  const { executor, calibration, target, seed = 0, progress, signal } = context
  const quantization = quantizationFor(chosen, target)
  if (isQuantized(graph))
    throw new ModelError({
      code: 'MODEL_QUANTIZED',
      message: `The model ${graph.name} is quantized already.`,
      hint: 'Give the float model that it was made from.',
    })
  const { graph: float } = simplify(graph)
  const plan = planQuantization(float, { quantization, include, exclude })
  const values = plan.groups.flatMap(group => group.observed)
  const [ranges = new Map()] =
    values.length === 0
      ? []
      : await calibrate(float, executor, calibration, {
          values,
          observers: [observerOf(observer)],
          activations: quantization.activations,
          samples,
          batchSize,
          seed,
          ...(progress ? { progress } : {}),
          ...(signal ? { signal } : {}),
        })
  const order =
    values.length > 0 && calibration.shuffles === false
      ? [
          `The calibration data cannot be shuffled: its first ${samples} samples are used, which should be typical of all.`,
        ]
      : []
  return { graph: insertQdq(float, plan, ranges), details: detailsOf(float, plan, ranges, order) }
}

/** Whether a model has Q/DQ pairs or integer operators already, in bodies and functions too (ONNX, "Quantization"). */
export const isQuantized = (graph: Graph): boolean =>
  [...operatorsOf(graph.nodes), ...graph.functions.flatMap(({ node }) => node.map(({ opType }) => opType))].some(op =>
    /^(De|Dynamic)?[Qq]uantizeLinear$|^QLinear|Integer$/.test(op),
  )

const operatorsOf = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(node => [node.op, ...bodiesOf(node).flatMap(body => operatorsOf(body.nodes))])

function detailsOf(
  graph: Graph,
  plan: QuantizationPlan,
  ranges: Ranges,
  notes: readonly string[],
): QuantizationDetails {
  const values = [...groupAffines(graph, plan, ranges)].flatMap(([group, affine]) =>
    group.values.map(name => ({ name, range: ranges.get(name), ...affine })),
  )
  const { quantization } = plan
  return { quantized: plan.quantized, quantization, kept: plan.kept, notes: [...plan.notes, ...notes], values }
}
