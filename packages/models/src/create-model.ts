import { type Graph, RecipeError } from '@pare/core-graph'
import type { z } from 'zod'
import { mobilenetV1 } from './mobilenet-v1.ts'
import { mobilenetV2 } from './mobilenet-v2.ts'
import { resnet } from './resnet.ts'

/** The families by id. */
export const models = { 'mobilenet-v1': mobilenetV1, 'mobilenet-v2': mobilenetV2, resnet } as const

export type ModelId = keyof typeof models

/** The options of a family as a user writes them: what has a default may be left out. */
export type ModelOptions<Id extends ModelId> = z.input<(typeof models)[Id]['options']>

export const modelIds = Object.keys(models) as readonly ModelId[]

/**
 * Makes an untrained classifier: input `input` `[N, C, H, W]`, output `logits` `[N, classes]`, BatchNormalization
 * not folded, weights drawn from the seed (the same seed gives the same bytes).
 * @throws RecipeError `RECIPE_MODEL_OPTIONS` for options that the family does not take
 */
export function createModel<Id extends ModelId>(id: Id, options: ModelOptions<Id> = {} as ModelOptions<Id>): Graph {
  const { options: schema, create } = models[id] as unknown as {
    readonly options: z.ZodObject
    readonly create: (options: unknown) => Graph
  }
  const parsed = schema.safeParse(options)
  if (parsed.success) return create(parsed.data)
  throw new RecipeError({
    code: 'RECIPE_MODEL_OPTIONS',
    message: `${id} cannot be made so: ${parsed.error.issues.map(problemOf).join('; ')}.`,
    hint: `Its options are ${Object.keys(schema.shape).join(', ')}.`,
    cause: parsed.error,
  })
}

/** zod's issue in words. */
function problemOf(issue: z.core.$ZodIssue): string {
  const option = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') return `it takes no ${issue.keys.join(', ')}`
  if (issue.code === 'invalid_value') return `${option} must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'too_small' && issue.origin !== 'array')
    return `${option} must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`
  if (issue.code === 'too_big' && issue.origin !== 'array')
    return `${option} must be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`
  return `${option}: ${issue.message.replace(/^Invalid input: /, '')}`
}
