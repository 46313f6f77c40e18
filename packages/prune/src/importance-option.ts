import { type Need, RecipeError } from '@pare/core-graph'
import { z } from 'zod'
import { importances } from './importance/registry.ts'
import { type Importance, samplingOptions } from './importance.ts'

type ImportanceId = keyof typeof importances

const ids = Object.keys(importances) as [ImportanceId, ...ImportanceId[]]
const registry: Readonly<Record<string, Importance | undefined>> = importances

const withOptions = ids.map(id => z.strictObject({ [id]: importances[id].options as z.ZodObject }))

/** A criterion's id, or the id with its options: `l1-norm`, `{ taylor: { samples: 1024 } }`. */
export const importanceOption = z
  .union([z.enum(ids), ...withOptions], {
    error: `expected one of ${ids.join(', ')}, or one with its options, such as { taylor: { samples: 1024 } }`,
  })
  .default('l1-norm')
  .describe(
    `What tells the channels that matter. ${Object.values(importances)
      .map(({ id, description }) => `${id}: ${description}`)
      .join(' ')}`,
  )

export type ImportanceOption = z.output<typeof importanceOption>

/** The criterion that the option names, and how many samples it looks at where it takes any. */
export function importanceOf(option: ImportanceOption): {
  readonly importance: Importance
  readonly sampling: z.output<typeof samplingOptions>
} {
  const [id, options] = typeof option === 'string' ? [option, {}] : (Object.entries(option)[0] ?? ['', {}])
  const importance = registry[id]
  if (!importance)
    throw new RecipeError({
      code: 'RECIPE_IMPORTANCE',
      message: `There is no importance ${id}.`,
      hint: `There are ${ids.join(', ')}.`,
    })
  return { importance, sampling: samplingOptions.parse(options) }
}

/** What the option's criterion needs of the Compressor. */
export const importanceNeeds = (option: ImportanceOption): readonly Need[] => importanceOf(option).importance.needs
