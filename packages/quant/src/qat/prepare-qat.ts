import {
  type DataSource,
  type Executor,
  type Graph,
  ModelError,
  type ProgressListener,
  simplify,
  simplifyUnfolded,
  type Target,
  type TargetQuantization,
  type TrainingPart,
} from '@pare/core-graph'
import type { z } from 'zod'
import type { Affine, Range } from '../affine.ts'
import { insertQdq, type Ranges, type TrainedScales } from '../insert-qdq.ts'
import { planQuantization, type QuantizationPlan } from '../plan.ts'
import type { KeptFloat } from '../plan-weights.ts'
import { isQuantized } from '../quantize-static.ts'
import type { WeightBits } from '../quantize-weights.ts'
import { rangeStore, samplingOf } from '../range-store.ts'
import { observerOf, quantizationFor } from '../static-options.ts'
import { type NormalizedConv, normalizedConvs } from './batch-norm.ts'
import { compareKernels, type KernelDifferences } from './compare-kernels.ts'
import { type FakeQuantized, fakeQuantize } from './fake-quantize.ts'
import { affineOfLevels, clipOf, type Levels, levelsOf } from './levels.ts'
import { multipliedOut, withoutProducts, withProducts } from './products.ts'
import { activationScaleOf, type QatOptions, qatOptions } from './qat-options.ts'
import { rangeOfGroup } from './scale-of-group.ts'
import { takeOut } from './take-out.ts'
import { trainedScales } from './trained-scales.ts'

/** What training with rounding needs of the world. */
export interface QatContext {
  readonly executor: Executor
  /** Typical samples, for the ranges to begin with; labels are not used. */
  readonly calibration: DataSource
  /** What the model is made for: decides what the options leave open. */
  readonly target?: Target
  /** Default 0. */
  readonly seed?: number
  readonly progress?: ProgressListener
  readonly signal?: AbortSignal
}

/** What is quantized how. Plain JSON data. */
export interface QatDetails {
  readonly quantized: QuantizationPlan['quantized']
  readonly quantization: TargetQuantization
  readonly weightBits: number
  readonly activationBits: number
  readonly activationScale: string
  readonly weightScale: string
  /** Everything that stays float, with its reason. */
  readonly kept: readonly KeptFloat[]
  readonly notes: readonly string[]
  /** Of the quantized model; undefined until the training is over. */
  exported: QatExport | undefined
}

/** What came out of the training. */
export interface QatExport {
  /** Each value's calibrated range at the beginning, and what it is mapped by in the end. */
  readonly values: readonly ({ readonly name: string; readonly calibrated: Range | undefined } & Affine)[]
  readonly kernels: KernelDifferences
}

/**
 * Prepares a float32 model for training with the rounding of its quantized form, which `training.finish` makes of the
 * trained one. Inputs, outputs and all values keep their names.
 *
 * @throws RecipeError `RECIPE_NO_MATCH`, `RECIPE_TARGET`; ModelError `MODEL_QUANTIZED`, `MODEL_NOT_FINITE`; DataError
 *   `DATA_EMPTY`, `DATA_NOT_FINITE`; and what `simplify` and the executor throw
 */
export async function prepareQat(
  model: Graph,
  context: QatContext,
  given: z.input<typeof qatOptions> = {},
): Promise<{ readonly graph: Graph; readonly details: QatDetails; readonly training: TrainingPart }> {
  const options = qatOptions.parse(given)
  const { target } = context
  if (isQuantized(model))
    throw new ModelError({
      code: 'MODEL_QUANTIZED',
      message: `The model ${model.name} is quantized already.`,
      hint: 'Give the float model that it was made from.',
    })
  const { activationScale, scaleOptions } = activationScaleOf(options.activationScale)
  const quantization = quantizationOf(options, target)
  const weightBits = options.weightBits ?? quantization.weights.bits
  const levels = levelsOf(quantization.activations, options.activationBits)
  const { graph: bare, products } = withoutProducts(model)
  const { graph: folded } = simplify(bare)
  const { graph, convs, notes } = unfolded(bare, folded, options.batchNorm)
  const plan = withBits(
    planQuantization(folded, { quantization, include: options.include, exclude: options.exclude }),
    weightBits,
  )
  const calibrated = await rangesOf(products.length > 0 ? simplify(model).graph : folded, plan, context, options)
  const fake = fakeQuantize(graph, folded, plan, calibrated, convs, {
    levels,
    weightBits,
    weightScale: options.weightScale,
    activationScale,
    scaleOptions,
  })
  const details: QatDetails = {
    quantized: plan.quantized,
    quantization,
    weightBits,
    activationBits: options.activationBits,
    activationScale: activationScale.id,
    weightScale: options.weightScale,
    kept: plan.kept,
    notes: [
      ...plan.notes,
      ...notes,
      ...(activationScale.dynamic
        ? [
            'Activations have the range of each batch while training; fixed ones are found on calibration data at its end.',
          ]
        : []),
    ],
    exported: undefined,
  }

  const finish = async (trained: Graph): Promise<Graph> => {
    const whole = multipliedOut(trained, products)
    const { graph: float } = simplify(takeOut(whole, fake))
    const found = await trainedScales(whole, withoutDynamic(fake, activationScale.dynamic), levels, context.executor)
    const scales = activationScale.dynamic
      ? { ...found, groups: calibratedGroups(float, plan, await rangesOf(float, plan, context, options), levels) }
      : found
    const quantized = insertQdq(float, plan, scales)
    details.exported = {
      values: valuesOf(scales, calibrated),
      kernels: await compareKernels(quantized, {
        executor: context.executor,
        source: context.calibration,
        samples: options.samples,
        signal: context.signal,
      }),
    }
    return quantized
  }

  return { graph: withProducts(fake.graph, products), details, training: { ...partOf(fake, convs, options), finish } }
}

/** 7 and 8 bits of weights are the target's to refuse; fewer are levels of int8. */
const quantizationOf = ({ weightBits, ...chosen }: QatOptions, target: Target | undefined): TargetQuantization =>
  quantizationFor({ ...chosen, weightBits: weightBits === 7 || weightBits === 8 ? weightBits : undefined }, target)

const withBits = (plan: QuantizationPlan, bits: WeightBits): QuantizationPlan => ({
  ...plan,
  weights: plan.weights.map(weight => ({ ...weight, bits })),
})

/** The graph to train: folded, or with BatchNormalization behind the convolutions that it will be folded into. */
function unfolded(
  model: Graph,
  folded: Graph,
  batchNorm: QatOptions['batchNorm'],
): {
  readonly graph: Graph
  readonly convs: ReadonlyMap<string, NormalizedConv>
  readonly notes: readonly string[]
} {
  if (batchNorm === 'fold') return { graph: folded, convs: new Map(), notes: [] }
  const graph = simplifyUnfolded(model)
  const found = normalizedConvs(graph, folded)
  if ('convs' in found) return { graph, convs: found.convs, notes: [] }
  const note = `BatchNormalization is folded before the training, not while training: ${found.problem} is not one that follows a Conv alone.`
  return { graph: folded, convs: new Map(), notes: [note] }
}

const rangesOf = (graph: Graph, plan: QuantizationPlan, context: QatContext, options: QatOptions): Promise<Ranges> =>
  rangeStore(graph, observerOf(options.observer), samplingOf(context, options))(plan)

function partOf(
  { trainable, state, observing }: FakeQuantized,
  convs: ReadonlyMap<string, NormalizedConv>,
  { batchNorm, freezeObservers }: QatOptions,
): TrainingPart {
  const norms = batchNorm === 'fold' ? [] : [...convs.values()].map(({ norm }) => norm.inputs)
  const epoch = batchNorm === 'fold' ? 1 : batchNorm.epochs + 1
  const frozen = norms.flatMap(([, scale = '', shift = '', , variance = '']) => [
    // Training finds it in a sum, as if it were a bias; it follows the batches.
    variance,
    { pattern: scale, epoch },
    { pattern: shift, epoch },
  ])
  const onEpoch: TrainingPart['onEpoch'] = async ({ epoch, epochs, writeState }) => {
    const isObserving = (epoch - 1) / epochs < freezeObservers
    if (observing) await writeState({ [observing]: scalar(isObserving ? 1 : 0) })
  }
  return { trainable, state, frozen, onEpoch }
}

const scalar = (value: number) => ({ dataType: 'float32' as const, dims: [], data: Float32Array.of(value) })

/** Scales of the batch at hand are not asked for. */
const withoutDynamic = (fake: FakeQuantized, isDynamic = false): Pick<FakeQuantized, 'groups' | 'weights'> =>
  isDynamic ? { groups: new Map(), weights: fake.weights } : fake

const calibratedGroups = (
  graph: Graph,
  { groups }: QuantizationPlan,
  ranges: Ranges,
  levels: Levels,
): TrainedScales['groups'] =>
  new Map(
    groups.map(group => {
      const affine = affineOfLevels(rangeOfGroup(graph, group, ranges).whole, levels)
      const clip = clipOf(levels, affine)
      return [group, { ...affine, ...(clip && { clip }) }]
    }),
  )

const valuesOf = ({ groups }: TrainedScales, calibrated: Ranges): QatExport['values'] =>
  [...groups].flatMap(([{ values }, { dataType, scale, zeroPoint }]) =>
    values.map(name => ({ name, calibrated: calibrated.get(name), dataType, scale, zeroPoint })),
  )
