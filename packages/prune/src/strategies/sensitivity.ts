import { cost, defineStrategy, type Graph, type Need, RecipeError, type StrategyContext } from '@pare/core-graph'
import { z } from 'zod'
import { importanceOf } from '../importance-option.ts'
import { pruneChannels, type RankedGroups } from '../prune-channels.ts'
import { type CurvedGroup, equalLoss, leastLoss } from '../sensitivity/allocate.ts'
import { fitCurve, type LossPoint, lossPoints } from '../sensitivity/curve.ts'
import { isKnownMetric, measureSensitivities } from '../sensitivity/measure-sensitivities.ts'
import { pointsOf, readSensitivities, type Sensitivities, sensitivitiesText } from '../sensitivity/sensitivities.ts'
import { structuredNeeds, structuredOptions } from '../structured-options.ts'

const options = z.strictObject({
  ...structuredOptions,
  metric: z
    .string()
    .min(1)
    .optional()
    .describe(
      'What is measured: top1, top5, loss; without labels agreement, divergence, cosine (with the model as it is); or one of your own evaluation, which runs the whole model each time. Default: top1 with labels, else agreement',
    ),
  lowerIsBetter: z
    .boolean()
    .optional()
    .describe('Whether less of the metric is better. Default: true for loss and divergence, else false'),
  ratios: z
    .array(z.number().gt(0).lt(1))
    .nonempty()
    .default([0.1, 0.3, 0.5, 0.7, 0.9])
    .describe('Shares of the channels of each layer that are masked to measure what that costs'),
  samples: z.int().positive().default(2000).describe('Validation samples to measure on: the first'),
  batchSize: z.int().positive().default(32).describe('Samples that run at a time'),
  memory: z
    .int()
    .positive()
    .default(1024)
    .describe('MiB that values in between may take, which are kept so that layers before a mask run once'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Sensitivity file: points that it has are not measured again, others are added. Default: one in the folder of the run',
    ),
  fit: z
    .enum(['monotone', 'cubic'])
    .default('monotone')
    .describe('Curve through the points: rising straight lines, or a cubic as in PaddleSlim 1.4'),
  allocate: z
    .enum(['least-loss', 'equal-loss'])
    .default('least-loss')
    .describe(
      'How ratios are chosen: least-loss, so that the sum of predicted losses is least at the target; equal-loss, so that every layer loses the same, as in PaddleSlim 1.4',
    ),
})

type SensitivityOptions = z.output<typeof options>

const needs = (own: SensitivityOptions): readonly Need[] => [
  ...structuredNeeds(own),
  own.metric === undefined || isKnownMetric(own.metric) ? 'validation' : 'evaluate',
]

/** the loss of each group at some ratios, measured; then the ratios that lose least at the target (Li et al. 2017, 3.2) */
export const sensitivity = defineStrategy({
  id: 'prune.sensitivity',
  description: 'Measure what each layer loses without some of its channels, then cut where a target costs least.',
  options,
  needs,
  prepare: (graph, own, context) =>
    pruneChannels(graph, own, context, async ranked => {
      const { groups, measure, value, cut } = ranked
      const sensitivities = await measuredFor(ranked, own, context)
      const { metric, samples, baseline } = sensitivities
      const lowerIsBetter = own.lowerIsBetter ?? ['loss', 'divergence'].includes(metric)
      const of = measure.id === 'latency' ? async (other: Graph) => cost(other).total.macs : measure.of
      const whole = measure.id === 'latency' ? await of(ranked.graph) : value
      const curved: (CurvedGroup & { readonly points: readonly LossPoint[] })[] = []
      for (const { name, channels } of groups) {
        const points = lossPoints(pointsOf(sensitivities, name), baseline, lowerIsBetter)
        const curve = fitCurve(points, own.fit, own.maxRatio)
        const half = Math.max(1, Math.floor(channels / 2))
        const saving = ((whole - (await of(cut(new Map([[name, half]]))))) * channels) / half
        curved.push({ name, channels, curve, saving: Math.max(saving, Number.MIN_VALUE), points })
      }
      return {
        countsAt: own.allocate === 'equal-loss' ? equalLoss(curved) : leastLoss(curved),
        detailsOf: (group, ratio) => ({
          predictedLoss: curved.find(({ name }) => name === group)?.curve.lossAt(ratio) ?? 0,
        }),
        details: {
          metric,
          samples,
          baseline,
          curves: curved.map(({ name, points, curve }) => ({
            group: name,
            ratios: points.map(({ ratio }) => ratio),
            losses: points.map(({ loss }) => loss),
            fitted: points.map(({ ratio }) => curve.lossAt(ratio)),
          })),
        },
      }
    }),
})

/** Reads what is known, measures the rest, and keeps it after each point. */
async function measuredFor(
  { graph, groups, ranking }: RankedGroups,
  own: SensitivityOptions,
  context: StrategyContext,
): Promise<Sensitivities> {
  const { executor, validation, evaluate, round, progress, note, signal } = context
  const metric = own.metric ?? (validation?.labelled ? 'top1' : 'agreement')
  const isKnown = isKnownMetric(metric)
  if (isKnown ? !validation : !evaluate)
    throw new RecipeError({
      code: 'RECIPE_NEED',
      message: `prune.sensitivity was given nothing to measure ${metric} with.`,
      hint: isKnown ? 'Say under data.validation where samples are.' : 'Hand in an evaluation that gives it.',
    })
  const path = inRound(own.file ?? 'sensitivities.json', round?.number)
  const files = own.file === undefined ? context.artifacts : context.files
  if (own.file !== undefined && !files) note(`The sensitivity file ${own.file} is not used: there are no files here.`)
  const text = await files?.read(path)
  return measureSensitivities(graph, {
    executor,
    source: validation ?? noSamples,
    ...(!isKnown && evaluate && { evaluate }),
    metric,
    groups,
    ranking,
    importance: importanceOf(own.importance).importance.id,
    ratios: own.ratios,
    samples: own.samples,
    batchSize: own.batchSize,
    memory: own.memory * 2 ** 20,
    ...(text !== undefined && { known: readSensitivities(text, path) }),
    ...(files && { save: (all: Sensitivities) => files.write(path, sensitivitiesText(all)) }),
    progress,
    note,
    signal,
  })
}

/** Each round has another model: `sensitivities.round2.json`. */
const inRound = (path: string, round = 1) => (round === 1 ? path : path.replace(/(\.[^./]*)?$/, `.round${round}$1`))

/** For an evaluation that has data of its own. */
const noSamples = { size: undefined, labelled: false, batches: async function* () {} }
