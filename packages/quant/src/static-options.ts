import { nodePatterns, RecipeError, type Target, type TargetQuantization } from '@pare/core-graph'
import { z } from 'zod'
import type { AnyObserver } from './observer.ts'
import { observers } from './observers/registry.ts'
import { usualQuantization } from './plan.ts'

type ObserverId = keyof typeof observers

const ids = Object.keys(observers) as [ObserverId, ...ObserverId[]]
const registry: Readonly<Record<string, AnyObserver | undefined>> = observers

const withOptions = ids.map(id => z.strictObject({ [id]: observers[id].options }))

/** An observer's id, or the id with its options: `percentile`, `{ percentile: { percentile: 99.9 } }`. */
const observerOption = z
  .union([z.enum(ids), ...withOptions], {
    error: `expected one of ${ids.join(', ')}, or one with its options, such as { percentile: { percentile: 99.9 } }`,
  })
  .default('min-max')
  .describe(
    `How the ranges of activations are chosen. ${Object.values(observers)
      .map(({ id, description }) => `${id}: ${description}`)
      .join(' ')}`,
  )

/** The options of `rounding: { adaround: … }`. */
export const adaRoundOptions = z.strictObject({
  steps: z.int().positive().default(1000).describe('Steps of the learning, for each layer'),
  batchSize: z.int().positive().default(32).describe('Samples of a step'),
  learningRate: z.number().positive().default(0.01).describe("Adam's, of the variables behind the rounding"),
  regularization: z
    .number()
    .nonnegative()
    .default(1)
    .describe('λ: how strongly each weight is drawn to one of its two levels, beside the error of the layer'),
})

/** The options of `quant.static`. */
export const staticOptions = z.strictObject({
  observer: observerOption,
  samples: z
    .int()
    .positive()
    .default(512)
    .describe("Calibration samples: the first of a shuffle by the seed, or of a stream's own order"),
  batchSize: z
    .int()
    .positive()
    .default(32)
    .describe('Calibration samples that run at a time, at most: fewer where their values would take more than 16 MiB'),
  activations: z
    .enum(['uint8', 'int8'])
    .optional()
    .describe("Type of the activations. Default: the target's; without a target uint8, fastest in onnxruntime"),
  symmetric: z
    .boolean()
    .optional()
    .describe(
      'Put the zero point of activations in the middle of the type (128 for uint8), for engines that need it; half of the levels are lost after Relu, and onnxruntime then computes a Conv with its Relu in float. Default: only where the target needs it',
    ),
  weightBits: z
    .literal([7, 8])
    .optional()
    .describe(
      'Bits of the weights. 7 keeps them within ±64, so that no x86 CPU without VNNI saturates. Default: by the target; without a target 8',
    ),
  perChannel: z
    .boolean()
    .optional()
    .describe('A scale for each output channel of the weights rather than one for the whole tensor. Default true'),
  bias: z
    .enum(['int32', 'float'])
    .optional()
    .describe('Whether biases become integers too. Default: by the target; without a target int32'),
  equalize: z
    .union([z.boolean(), z.strictObject({ replaceClip: z.boolean().default(false) })], {
      error: 'expected true, false or { replaceClip: true }',
    })
    .default(false)
    .describe(
      'Bring the channels of layers in a row to equal ranges before all else (cross-layer equalization); outputs stay the same. { replaceClip: true } makes Relu of Clips such as ReLU6 on the way, which changes them',
    ),
  biasCorrection: z
    .boolean()
    .default(false)
    .describe('Let biases take back what rounding does to the mean of each channel, measured layer by layer'),
  rounding: z
    .union([z.enum(['nearest', 'adaround']), z.strictObject({ adaround: adaRoundOptions })], {
      error: 'expected nearest, adaround or { adaround: { steps: 2000 } }',
    })
    .default('nearest')
    .describe(
      'How weights become levels. nearest: to the nearest one. adaround: whether up or down is learned on calibration data, layer by layer (AdaRound), which takes minutes',
    ),
  maxDrop: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      'Points (hundredths) of the metric that may be lost: the fewest layers that suffice stay float. Needs validation data. Default: all layers are quantized, whatever is lost',
    ),
  metric: z
    .string()
    .optional()
    .describe('What maxDrop goes by, a share where more is better. Default: top1 with labels, else agreement'),
  include: nodePatterns.optional().describe(`Quantize only these. ${nodePatterns.description}`),
  exclude: nodePatterns.default([]).describe(`Leave these float. ${nodePatterns.description}`),
})

export type StaticOptions = z.output<typeof staticOptions>

/** The observer that the option names, and its own options. */
export function observerOf(option: StaticOptions['observer']): { observer: AnyObserver; options: unknown } {
  const [id, options] = typeof option === 'string' ? [option, {}] : (Object.entries(option)[0] ?? ['min-max', {}])
  return { observer: registry[id] ?? observers['min-max'], options }
}

/**
 * The quantization that the options choose, and the target where they leave it open.
 * @throws RecipeError `RECIPE_TARGET` when the target does not take what the options say
 */
export function quantizationFor(
  { activations, symmetric, weightBits, perChannel, bias }: ChosenQuantization,
  target: Target | undefined,
): TargetQuantization {
  const usual = target?.quantization ?? usualQuantization
  const quantization: TargetQuantization = {
    activations: {
      dataType: activations ?? usual.activations.dataType,
      symmetric: symmetric ?? usual.activations.symmetric,
    },
    weights: { bits: weightBits ?? usual.weights.bits, perChannel: perChannel ?? usual.weights.perChannel },
    bias: bias ?? usual.bias,
  }
  const problem = target && refusal(quantization, target)
  if (!problem) return quantization
  throw new RecipeError({
    code: 'RECIPE_TARGET',
    message: `The target ${target.id} does not take ${problem}.`,
    hint: 'Leave the option out: then the target decides.',
  })
}

type ChosenQuantization = Pick<StaticOptions, 'activations' | 'symmetric' | 'weightBits' | 'perChannel' | 'bias'>

function refusal(
  { activations: { dataType, symmetric }, bias }: TargetQuantization,
  { quantizedTypes, symmetricOnly }: Target,
): string | undefined {
  if (!quantizedTypes.includes(dataType)) return `${dataType} activations`
  if (symmetricOnly && !symmetric) return 'activations that are not symmetric'
  if (bias === 'int32' && !quantizedTypes.includes('int32')) return 'an int32 bias'
  return undefined
}
