import {
  bodiesOf,
  type DataSource,
  digits,
  type Evaluator,
  type Executor,
  type Graph,
  ModelError,
  type Node,
  type ProgressListener,
  RecipeError,
  simplify,
  type Target,
  type TargetQuantization,
} from '@pare/core-graph'
import type { z } from 'zod'
import { adaRound, type LearnedRounding } from './ada-round.ts'
import type { Affine, Range } from './affine.ts'
import { type CorrectedBias, correctBiases } from './bias-correction.ts'
import { type Equalized, type EqualizedPair, equalize } from './equalize.ts'
import { groupAffines, insertQdq, type Ranges } from './insert-qdq.ts'
import { type LayerSensitivity, sensitivities } from './layer-sensitivities.ts'
import { type MixedPrecision, mixedPrecision, type PrecisionSearch } from './mixed-precision.ts'
import { planQuantization, type QuantizationPlan } from './plan.ts'
import type { KeptFloat } from './plan-weights.ts'
import { rangeStore, samplingOf } from './range-store.ts'
import { adaRoundOptions, observerOf, quantizationFor, type StaticOptions, staticOptions } from './static-options.ts'

/** What quantization needs of the world. */
export interface StaticContext {
  readonly executor: Executor
  /** Typical samples; labels are not used. */
  readonly calibration: DataSource
  /** Measures candidates; `maxDrop` needs it. */
  readonly evaluate?: Evaluator
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
  /** Layers that were equalized. */
  readonly equalized?: readonly EqualizedPair[]
  /** Layers whose rounding was learned. */
  readonly learnedRoundings?: readonly LearnedRounding[]
  /** Layers whose bias was corrected. */
  readonly correctedBiases?: readonly CorrectedBias[]
  /** Which layers stay float to keep `maxDrop`. */
  readonly mixedPrecision?: MixedPrecision
}

/**
 * Quantizes a float32 model to int8 after training: simplify, equalize, plan, observe calibration data, learn
 * the rounding, write Q/DQ pairs, correct biases; with `maxDrop` as often as it takes to find the layers that have to stay float.
 * The model's inputs and outputs keep their names, types and shapes.
 *
 * @throws RecipeError `RECIPE_NO_MATCH`, `RECIPE_TARGET`, `RECIPE_NEED`, `RECIPE_METRIC`; ModelError `MODEL_QUANTIZED`,
 *   `MODEL_NOT_FINITE`; DataError `DATA_EMPTY`, `DATA_NOT_FINITE`; and what `simplify` and the executor throw
 */
export async function quantizeStatic(
  graph: Graph,
  context: StaticContext,
  options: z.input<typeof staticOptions> = {},
): Promise<{ readonly graph: Graph; readonly details: QuantizationDetails }> {
  const { biasCorrection, rounding, maxDrop, metric, ...chosen } = staticOptions.parse(options)
  const { evaluate, signal } = context
  const work = prepareStatic(graph, context, chosen)
  const { sampling } = work
  const quantize = async (keep?: ReadonlyMap<string, string>) => {
    const planOf = (float: Graph) => work.planOf(float, keep)
    const plan = planOf(work.float)
    const ranges = await work.ranges(plan)
    const rounded =
      rounding === 'nearest'
        ? undefined
        : await adaRound(
            work.float,
            plan,
            ranges,
            sampling,
            adaRoundOptions.parse(rounding === 'adaround' ? {} : rounding.adaround),
          )
    const insert = (float: Graph, plan: QuantizationPlan) =>
      insertQdq(float, plan, rounded ? { groups: groupAffines(float, plan, ranges), weights: rounded.scales } : ranges)
    const nearest = rounded?.graph ?? work.float
    const corrected = biasCorrection ? await correctBiases(nearest, planOf, insert, sampling) : undefined
    const float = corrected?.graph ?? nearest
    const details = {
      ...detailsOf(float, planOf(float), ranges),
      ...(rounded && { learnedRoundings: rounded.layers }),
      ...(corrected && { correctedBiases: corrected.corrected }),
    }
    return { graph: insert(float, planOf(float)), details }
  }
  const { graph: int8, details } =
    maxDrop === undefined
      ? await quantize()
      : await mixed(
          {
            original: graph,
            evaluate: required(evaluate),
            maxDrop,
            metric,
            signal,
            rank: () => sensitivities(work.float, keep => work.planOf(work.float, keep), work.ranges, work.sampling),
          },
          quantize,
        )
  const { equalized, notes } = work
  return {
    graph: int8,
    details: { ...details, notes: [...details.notes, ...notes], ...(equalized && { equalized }) },
  }
}

/**
 * What int8 in each layer alone costs (see `sensitivities`), with the ranges and types that the options choose.
 * It throws what `quantizeStatic` throws.
 */
export async function layerSensitivities(
  graph: Graph,
  context: StaticContext,
  options: z.input<typeof staticOptions> = {},
): Promise<readonly LayerSensitivity[]> {
  const { float, planOf, ranges, sampling } = prepareStatic(graph, context, staticOptions.parse(options))
  return sensitivities(float, keep => planOf(float, keep), ranges, sampling)
}

type PrepareOptions = Omit<StaticOptions, 'biasCorrection' | 'rounding' | 'maxDrop' | 'metric'>

/** The float graph as it will be quantized, and how: what all ways of quantizing it have in common. */
function prepareStatic(
  graph: Graph,
  context: StaticContext,
  { observer, samples, batchSize, include, exclude, equalize: equalizing, ...chosen }: PrepareOptions,
) {
  const quantization = quantizationFor(chosen, context.target)
  if (isQuantized(graph))
    throw new ModelError({
      code: 'MODEL_QUANTIZED',
      message: `The model ${graph.name} is quantized already.`,
      hint: 'Give the float model that it was made from.',
    })
  const { graph: simplified } = simplify(graph)
  const equal = equalizing === false ? undefined : equalize(simplified, equalizing === true ? {} : equalizing)
  const float = equal?.graph ?? simplified
  const planOf = (planned: Graph, keep?: ReadonlyMap<string, string>) =>
    planQuantization(planned, { quantization, include, exclude, keep })
  const sampling = samplingOf(context, { samples, batchSize })
  const isRead = planOf(float).groups.some(({ observed }) => observed.length > 0)
  const order =
    isRead && context.calibration.shuffles === false
      ? [
          `The calibration data cannot be shuffled: its first ${samples} samples are used, which should be typical of all.`,
        ]
      : []
  const notes = [...order, ...(equal ? equalizationNotes(equal) : [])]
  return {
    float,
    planOf,
    sampling,
    ranges: rangeStore(float, observerOf(observer), sampling),
    notes,
    equalized: equal?.pairs,
  }
}

function equalizationNotes({ pairs, replaced, refusals }: Equalized): string[] {
  return [
    ...(pairs.length === 0 ? ['No layers stand in a row that could be equalized.'] : []),
    ...(replaced.length > 0
      ? [
          `To be equalized, ${replaced.length} Clip nodes became Relu, such as ${replaced[0]}: values beyond their bounds now pass.`,
        ]
      : []),
    ...refusals.map(({ node, reason }) => `${node} is not equalized with the next layer: ${reason}.`),
  ]
}

type Quantized = Awaited<ReturnType<typeof quantizeStatic>>

async function mixed(
  search: Omit<PrecisionSearch<Quantized>, 'quantize'>,
  quantize: PrecisionSearch<Quantized>['quantize'],
): Promise<Quantized> {
  const { candidate, details } = await mixedPrecision({ ...search, quantize })
  const { isKept, maxDrop, metric, drop } = details
  const note = `${metric} may fall by ${maxDrop} points, but falls by ${digits(drop, 2)} even with every layer in float: ${
    candidate.details.quantized.length > 0 ? 'what is left in int8 only follows them' : 'the loss has another reason'
  }.`
  return {
    graph: candidate.graph,
    details: {
      ...candidate.details,
      notes: [...candidate.details.notes, ...(isKept ? [] : [note])],
      mixedPrecision: details,
    },
  }
}

function required(evaluate: Evaluator | undefined): Evaluator {
  if (evaluate) return evaluate
  throw new RecipeError({
    code: 'RECIPE_NEED',
    message: 'maxDrop was given nothing to measure accuracy with.',
    hint: 'Say under data.validation where the samples are to measure on, or give quantizeStatic an `evaluate`.',
  })
}

/** Whether a model has Q/DQ pairs or integer operators already, in bodies and functions too (ONNX, "Quantization"). */
export const isQuantized = (graph: Graph): boolean =>
  [...operatorsOf(graph.nodes), ...graph.functions.flatMap(({ node }) => node.map(({ opType }) => opType))].some(op =>
    /^(De|Dynamic)?[Qq]uantizeLinear$|^QLinear|Integer$/.test(op),
  )

const operatorsOf = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(node => [node.op, ...bodiesOf(node).flatMap(body => operatorsOf(body.nodes))])

function detailsOf(graph: Graph, plan: QuantizationPlan, ranges: Ranges): QuantizationDetails {
  const values = [...groupAffines(graph, plan, ranges)].flatMap(([group, affine]) =>
    group.values.map(name => ({ name, range: ranges.get(name), ...affine })),
  )
  const { quantization } = plan
  return { quantized: plan.quantized, quantization, kept: plan.kept, notes: plan.notes, values }
}
