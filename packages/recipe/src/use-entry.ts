import { z } from 'zod'
import type { StrategyRegistry } from './strategies.ts'
import { suggestion } from './suggest.ts'

/** A strategy of a stage: its id, and its options with every default filled in. As it is written in a recipe. */
export type StrategyUse = Readonly<Record<string, unknown>>

/**
 * One entry of a stage's `use:` list: a strategy's id, or the id with its options.
 * Parsed by the strategy's own schema; the JSON schema is the union over the registry.
 */
export const useEntrySchema = (registry: StrategyRegistry) =>
  z
    .union([z.string(), z.record(z.string(), z.unknown())], {
      error: 'expected a strategy, such as quant.static, alone or with its options',
    })
    .transform((entry, context): StrategyUse => {
      const [id, options] = typeof entry === 'string' ? [entry, {}] : (Object.entries(entry)[0] ?? ['', {}])
      const fail = (message: string, path: PropertyKey[] = []) => {
        context.addIssue({ code: 'custom', message, path })
        return z.NEVER
      }
      if (typeof entry !== 'string' && Object.keys(entry).length !== 1)
        return fail('an entry names one strategy: put each in an entry of its own, with a dash')
      const strategy = registry.get(id)
      if (!strategy) return fail(`there is no strategy ${id}${suggestion(id, registry.keys())}`)
      const parsed = strategy.options.safeParse(options ?? {})
      if (parsed.success) return { [id]: parsed.data }
      for (const issue of parsed.error.issues)
        context.issues.push({ ...issue, input: options, path: [id, ...issue.path] } as z.core.$ZodRawIssue)
      return z.NEVER
    })
    .meta({ id: 'StrategyUse', description: 'A strategy by its id, alone or with its options.' })

/** What editors complete after `use:`. */
export const useEntryJsonSchema = (registry: StrategyRegistry): Record<string, unknown> => ({
  description: 'A strategy by its id, alone or with its options.',
  anyOf: [
    { enum: [...registry.keys()] },
    ...[...registry.values()].map(({ id, description, options }) => ({
      type: 'object',
      description,
      properties: { [id]: withoutDialect(z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' })) },
      required: [id],
      additionalProperties: false,
    })),
  ],
})

const withoutDialect = ({ $schema: _, ...schema }: Record<string, unknown>) => schema
