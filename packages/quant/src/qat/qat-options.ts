import { z } from 'zod'
import { staticOptions } from '../static-options.ts'
import type { AnyActivationScale } from './activation-scale.ts'
import { activationScales } from './scales/registry.ts'
import { weightScaleKinds } from './weight-scale.ts'

type ScaleId = keyof typeof activationScales
const ids = Object.keys(activationScales) as [ScaleId, ...ScaleId[]]
const registry: Readonly<Record<string, AnyActivationScale | undefined>> = activationScales
const withOptions = ids.map(id => z.strictObject({ [id]: activationScales[id].options }))

const { observer, samples, batchSize, activations, symmetric, perChannel, bias, include, exclude } = staticOptions.shape

/** The options of `quant.qat`. */
export const qatOptions = z.strictObject({
  activationScale: z
    .union([z.enum(ids), ...withOptions], {
      error: `expected one of ${ids.join(', ')}, or one with its options, such as { moving-average: { rate: 0.99 } }`,
    })
    .default('moving-average')
    .describe(
      `How the scales of activations are found while training. ${Object.values(activationScales)
        .map(({ id, description }) => `${id}: ${description}`)
        .join(' ')}`,
    ),
  weightScale: z
    .enum(weightScaleKinds)
    .default('abs-max')
    .describe(
      'How the scales of weights are found. abs-max: the greatest magnitude of a channel, at each step. learned: trained as the weights are, from the scale of least error on.',
    ),
  weightBits: z
    .literal([2, 3, 4, 5, 6, 7, 8])
    .optional()
    .describe(
      'Bits of the weights, which are stored as int8 whatever they are. Default: by the target (7 where a CPU without VNNI may saturate); without a target 8',
    ),
  activationBits: z
    .literal([2, 3, 4, 5, 6, 7, 8])
    .default(8)
    .describe(
      'Bits of the activations, which are stored as 8-bit integers whatever they are. Below 8 runtimes compute the layers in float',
    ),
  batchNorm: z
    .union([z.literal('fold'), z.strictObject({ epochs: z.int().nonnegative() })], {
      error: 'expected fold or { epochs: 5 }',
    })
    .default('fold')
    .describe(
      'What becomes of BatchNormalization behind convolutions. fold: it is folded before the training. { epochs }: it is folded while training, with statistics of the batches for so many epochs, then with fixed ones',
    ),
  freezeObservers: z
    .number()
    .min(0)
    .max(1)
    .default(0.75)
    .describe('Share of the epochs after which observed ranges stay as they are; 1: never. Learned scales go on'),
  observer: observer.describe(
    `How the ranges that the training begins with are chosen on calibration data, and the fixed ranges at the end for activationScale abs-max. See quant.static`,
  ),
  samples,
  batchSize,
  activations,
  symmetric,
  perChannel,
  bias,
  include,
  exclude,
})

export type QatOptions = z.output<typeof qatOptions>

/** The way to find scales that the option names, and its own options with their defaults. */
export function activationScaleOf(option: QatOptions['activationScale']): {
  readonly activationScale: AnyActivationScale
  readonly scaleOptions: unknown
} {
  const [id, options] =
    typeof option === 'string' ? [option, {}] : (Object.entries(option)[0] ?? ['moving-average', {}])
  const activationScale = registry[id] ?? activationScales['moving-average']
  return { activationScale, scaleOptions: activationScale.options.parse(options) }
}
