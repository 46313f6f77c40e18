import { z } from 'zod'

/** A unit that a recipe chooses by `kind: id`, its options beside it. */
interface Kind<Id extends string, Options extends z.ZodRawShape> {
  readonly id: Id
  readonly description: string
  readonly options: Options
}

type KindOption<Id extends string, Options extends z.ZodRawShape> = z.ZodObject<
  { kind: z.ZodLiteral<Id> } & Options,
  z.core.$strict
>

/** The schema of `{ kind: id, …options }`. */
export const kindOption = <const Id extends string, Options extends z.ZodRawShape>(
  unit: Kind<Id, Options>,
): KindOption<Id, Options> =>
  z.strictObject({ kind: z.literal(unit.id).describe(unit.description), ...unit.options }) as never

/** Any of these kinds; where a recipe says none, `usual` is meant. */
export function anyKind<
  Unit extends { readonly id: string; readonly schema: z.ZodObject },
  Usual extends string,
  Options extends z.ZodRawShape,
>(units: readonly Unit[], usual: Kind<Usual, Options> & { readonly schema: KindOption<Usual, Options> }) {
  const kind = z
    .literal(usual.id)
    .optional()
    .default(usual.id as never)
  const first = usual.schema.extend({ kind: kind.describe(usual.description) })
  const others = units.filter(({ id }) => id !== usual.id).map(({ schema }) => schema as Unit['schema'])
  return z.discriminatedUnion('kind', [first, ...others] as [typeof first, ...Unit['schema'][]], {
    error: ({ code }) =>
      code === 'invalid_union' ? `expected one of ${units.map(({ id }) => id).join(', ')}` : undefined,
  })
}
