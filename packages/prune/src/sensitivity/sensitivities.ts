import { RecipeError } from '@pare/core-graph'
import { z } from 'zod'

const groupSchema = z.strictObject({
  channels: z.int().positive(),
  /** Shares of the channels that were masked, ascending. */
  ratios: z.array(z.number().gt(0).lte(1)),
  /** The metric at each of them. */
  values: z.array(z.number()),
})

const schema = z.strictObject({
  format: z.literal('pare-sensitivities'),
  version: z.literal(1),
  /** Fingerprint of the model's nodes and weights. */
  model: z.string(),
  /** What was measured, such as `top1`, and on how many samples. */
  metric: z.string(),
  samples: z.int().positive(),
  /** By which the channels were chosen that were masked. */
  importance: z.string(),
  /** The metric of the whole model. */
  baseline: z.number(),
  /** By the name of the channel group. */
  groups: z.record(
    z.string(),
    groupSchema.refine(({ ratios, values }) => ratios.length === values.length, 'expected as many values as ratios'),
  ),
})

/** How a model bears the loss of channels, group by group, as far as it was measured: what a sensitivity file holds. */
export type Sensitivities = z.output<typeof schema>

/** A point of one group. */
export interface SensitivityPoint {
  readonly ratio: number
  readonly value: number
}

/** The points of a group, by their ratios. */
export const pointsOf = ({ groups }: Sensitivities, group: string): readonly SensitivityPoint[] => {
  const { ratios = [], values = [] } = (Object.hasOwn(groups, group) && groups[group]) || {}
  return ratios.map((ratio, place) => ({ ratio, value: values[place] ?? 0 }))
}

/** With one more point; a point at the same ratio stays as it was. */
export function withPoint(
  sensitivities: Sensitivities,
  { group, channels, ratio, value }: SensitivityPoint & { readonly group: string; readonly channels: number },
): Sensitivities {
  const points = pointsOf(sensitivities, group)
  if (points.some(point => point.ratio === ratio)) return sensitivities
  const all = [...points, { ratio, value }].sort((a, b) => a.ratio - b.ratio)
  const own = { channels, ratios: all.map(point => point.ratio), values: all.map(point => point.value) }
  return { ...sensitivities, groups: { ...sensitivities.groups, [group]: own } }
}

/** JSON for people: a line for each list of numbers. */
export const sensitivitiesText = (sensitivities: Sensitivities): string =>
  `${JSON.stringify(sensitivities, null, 2).replace(/\[[^[\]{}"]*\]/g, list => list.replace(/\s+/g, ' ').replace(/^\[ | \]$/g, bracket => bracket.trim()))}\n`

/**
 * Reads a sensitivity file.
 * @param where what the text is, for the error: its path
 * @throws RecipeError `RECIPE_SENSITIVITIES` for a text that is none
 */
export function readSensitivities(text: string, where: string): Sensitivities {
  const { data, error } = schema.safeParse(parsed(text))
  if (data) return data
  throw new RecipeError({
    code: 'RECIPE_SENSITIVITIES',
    message: `${where} is no sensitivity file: ${error ? z.prettifyError(error) : 'it is no JSON'}`,
    hint: 'Name another file, or remove it to measure anew.',
    cause: error,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Joins files of one model that were measured in parts, such as on several machines; where two have the same point, the
 * first one's stays.
 * @throws RecipeError `RECIPE_SENSITIVITIES` for none, and for files of other models, metrics, samples or criteria
 */
export function mergeSensitivities(all: readonly Sensitivities[]): Sensitivities {
  const [first, ...others] = all
  if (!first)
    throw new RecipeError({
      code: 'RECIPE_SENSITIVITIES',
      message: 'There are no sensitivity files to merge.',
      hint: 'Name at least one.',
    })
  let merged = first
  for (const other of others) {
    checkAlike(other, first, 'A file to be merged')
    for (const [group, { channels }] of Object.entries(other.groups))
      for (const point of pointsOf(other, group)) merged = withPoint(merged, { group, channels, ...point })
  }
  return merged
}

type Identity = Pick<Sensitivities, 'model' | 'metric' | 'samples' | 'importance'>

/**
 * @param file what is checked, as the beginning of a sentence
 * @throws RecipeError `RECIPE_SENSITIVITIES` unless both were measured in the same way
 */
export function checkAlike(sensitivities: Identity, wanted: Identity, file: string): void {
  const texts = [
    ['model', 'of another model, or of the same with other weights'],
    ['metric', `of the metric ${sensitivities.metric}, not ${wanted.metric}`],
    ['samples', `measured on ${sensitivities.samples} samples, not ${wanted.samples}`],
    ['importance', `of channels chosen by ${sensitivities.importance}, not ${wanted.importance}`],
  ] as const
  const [, problem] = texts.find(([key]) => sensitivities[key] !== wanted[key]) ?? []
  if (!problem) return
  throw new RecipeError({
    code: 'RECIPE_SENSITIVITIES',
    message: `${file} is ${problem}.`,
    hint: 'Use the file with what it was measured for, or name another one, which is then made.',
  })
}
