// Writes docs/recipe-reference.md from the schemas that recipes are checked by.
//   node --conditions=@pare/source tools/recipe-reference.ts           write it
//   node --conditions=@pare/source tools/recipe-reference.ts --check   write nothing; fail when it is out of date

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { recipeJsonSchema, strategyRegistry } from '@pare/recipe'

/** As much of JSON Schema (draft 2020-12) as zod writes for a recipe. */
export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: boolean | Schema
  readonly prefixItems?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly exclusiveMaximum?: number
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

/** A schema with keys of its own: `Schema` of a map. */
type MapSchema = Schema & { readonly properties: NonNullable<Schema['properties']> }

/** A map of a recipe, under every key that takes it. */
interface Section {
  readonly paths: string[]
  readonly variants: readonly MapSchema[]
}

/** The page: a table of keys for each map of a recipe. */
export function recipeReference(recipe: Schema): string {
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? (recipe.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? schema) : schema

  /** The maps that a value may be, or that the elements of a list may be. */
  const mapsOf = (reference: Schema): readonly MapSchema[] => {
    const schema = resolve(reference)
    if (hasProperties(schema)) return [schema]
    const items = typeof schema.items === 'object' ? [schema.items] : []
    return [...items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(mapsOf)
  }

  const sections = new Map<string, Section>()
  const keyOf = (variants: readonly MapSchema[]) => JSON.stringify(variants.map(({ properties }) => properties))

  const collect = (path: string, schema: Schema): void => {
    const variants = mapsOf(schema)
    if (variants.length === 0) return
    const key = keyOf(variants)
    const known = sections.get(key)
    if (known) known.paths.push(path)
    else sections.set(key, { paths: [path], variants })
    for (const variant of variants) {
      const named = namedOptions(variant)
      const inside = named ? named.name : `${path}${resolve(schema).type === 'array' ? '[]' : ''}`
      for (const [name, property] of Object.entries(named ? named.options.properties : variant.properties))
        collect(inside === '' ? name : `${inside}.${name}`, property)
    }
  }
  collect('', recipe)

  const typeText = (reference: Schema, link: string): string => {
    const schema = resolve(reference)
    const unions = schema.anyOf ?? schema.oneOf
    if (unions) return [...new Set(unions.map(part => typeText(part, link)))].join(' or ')
    if (schema.const !== undefined) return code(schema.const)
    if (schema.enum) return schema.enum.map(code).join(', ')
    if (hasProperties(schema)) return `[map](#${link})`
    if (schema.type === 'object')
      return `map of ${typeof schema.additionalProperties === 'object' ? typeText(schema.additionalProperties, link) : 'anything'}`
    if (schema.prefixItems) return `[${schema.prefixItems.map(item => typeText(item, link)).join(', ')}]`
    if (schema.type === 'array')
      return `list of ${typeof schema.items === 'object' ? typeText(schema.items, link) : 'anything'}`
    if (schema.type === 'boolean') return '`true`, `false`'
    if (schema.type === 'string') return schema.pattern ? `text like ${code(schema.pattern)}` : 'text'
    return `${schema.type ?? 'anything'}${boundsText(schema)}`
  }

  const rowOf = (name: string, property: Schema, required: boolean): string => {
    const section = sections.get(keyOf(mapsOf(property)))
    const type = typeText(property, section ? anchor(titleOf(section)) : '')
    return row([code(name), type, required ? '**required**' : defaultText(property), property.description ?? ''])
  }

  const tableOf = ({ properties, required = [] }: MapSchema): string =>
    Object.keys(properties).length === 0
      ? 'It has no options.'
      : [
          row(['key', 'type', 'default', 'what it says']),
          '|---|---|---|---|',
          ...Object.entries(properties).map(([name, property]) => rowOf(name, property, required.includes(name))),
        ].join('\n')

  const variantText = (variant: MapSchema, level: string): string => {
    const named = namedOptions(variant)
    const title = named ? code(named.name) : discriminator(variant)
    return [`${level} ${title}`, variant.description, tableOf(named ? named.options : variant)]
      .filter(Boolean)
      .join('\n\n')
  }

  const sectionText = (section: Section): string => {
    const { paths, variants } = section
    const [first] = variants
    if (paths.includes('')) return first ? tableOf(first) : ''
    const isNested = paths.every(path => path.includes('.'))
    const [heading, below] = isNested ? ['###', '####'] : ['##', '###']
    const body =
      variants.length === 1 && first && !namedOptions(first)
        ? tableOf(first)
        : variants.map(variant => variantText(variant, below)).join('\n\n')
    return `${heading} ${titleOf(section)}\n\n${body}`
  }

  return [introduction, ...[...sections.values()].map(sectionText), ''].join('\n\n').trimEnd().concat('\n')
}

const introduction = `# Recipe reference

<!-- Generated by npm run docs -->

Every key of a recipe: its type, its default, what it says. [Recipes](recipes.md) shows how they go together. A key that
is not listed here is an error, which names the nearest one that is. \`pare recipe schema\` prints the same as a JSON schema.`

const hasProperties = (schema: Schema): schema is MapSchema => schema.properties !== undefined

/** A map of one key that holds options: \`{ percentile: { … } }\`. */
function namedOptions({
  properties,
  required = [],
}: MapSchema): { readonly name: string; readonly options: MapSchema } | undefined {
  const [[name, options] = [], ...others] = Object.entries(properties)
  if (name === undefined || !options || !hasProperties(options) || others.length > 0) return undefined
  return required.includes(name) ? { name, options } : undefined
}

/** What tells one variant of a map from the others. */
function discriminator({ properties, required = [] }: MapSchema): string {
  const [constant] = Object.entries(properties).filter(
    ([name, { const: value, default: usual }]) => value !== undefined && (required.includes(name) || usual === value),
  )
  return constant ? code(`${constant[0]}: ${constant[1].const}`) : `with ${required.map(code).join(', ')}`
}

/** The paths that take a map, or its key where that is the same everywhere (\`split\`). */
function titleOf({ paths }: Section): string {
  const keys = new Set(paths.map(path => path.slice(path.lastIndexOf('.') + 1)))
  return paths.length > 1 && keys.size === 1 ? [...keys].join() : paths.join(', ')
}

/** As GitHub makes the anchor of a heading. */
const anchor = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

const row = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`

function defaultText({ default: value }: Schema): string {
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) return ''
  return code(Array.isArray(value) ? `[${value.map(itemText).join(', ')}]` : value)
}

const itemText = (item: unknown) => (typeof item === 'object' ? JSON.stringify(item) : String(item))

function boundsText({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): string {
  const isReal = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
  const bounds = [
    isReal(exclusiveMinimum) ? `> ${exclusiveMinimum}` : isReal(minimum) ? `≥ ${minimum}` : '',
    isReal(exclusiveMaximum) ? `< ${exclusiveMaximum}` : isReal(maximum) ? `≤ ${maximum}` : '',
  ].filter(Boolean)
  return bounds.length > 0 ? ` ${bounds.join(', ')}` : ''
}

if (import.meta.main) {
  const path = join(import.meta.dirname, '..', 'docs', 'recipe-reference.md')
  const text = recipeReference(recipeJsonSchema(strategyRegistry()) as Schema)
  const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === text
  if (process.argv.includes('--check')) {
    if (!isCurrent) console.error('docs/recipe-reference.md is out of date: npm run docs')
    process.exitCode = isCurrent ? 0 : 1
  } else if (!isCurrent) {
    writeFileSync(`${path}.tmp`, text)
    renameSync(`${path}.tmp`, path)
    console.log('wrote docs/recipe-reference.md')
  }
}
