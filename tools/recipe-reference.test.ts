import { expect, test } from 'vitest'
import { recipeReference, type Schema } from './recipe-reference.ts'

/** Keys of the page, without its introduction. */
const reference = (properties: NonNullable<Schema['properties']>, required: readonly string[] = []) =>
  recipeReference({ type: 'object', properties, required }).split('\n\n').slice(3).join('\n\n').trimEnd()

const head = '| key | type | default | what it says |\n|---|---|---|---|'

test('a row for each key: its type with its bounds, its default, its description', () => {
  expect(
    reference(
      {
        model: { type: 'string', description: 'A path' },
        share: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 0.5 },
        order: { enum: ['a', 'b|c'], default: 'a' },
        size: {
          type: 'array',
          prefixItems: [{ type: 'integer' }, { type: 'integer', minimum: -(2 ** 53 - 1) }],
          default: [3, 4],
        },
        names: { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'string' } }] },
        entries: { type: 'object', additionalProperties: { type: 'boolean' }, default: {} },
      },
      ['model'],
    ),
  ).toBe(
    [
      head,
      '| `model` | text | **required** | A path |',
      '| `share` | number > 0, ≤ 1 | `0.5` |  |',
      '| `order` | `a`, `b\\|c` | `a` |  |',
      '| `size` | [integer, integer] | `[3, 4]` |  |',
      '| `names` | integer or list of text |  |  |',
      '| `entries` | map of `true`, `false` |  |  |',
    ].join('\n'),
  )
})

test('a map that several keys take is told once, and each links to it', () => {
  const split: Schema = { type: 'object', properties: { seed: { type: 'integer' } } }
  expect(reference({ train: { ...split, description: 'Samples' }, validation: split })).toBe(
    [
      head,
      '| `train` | [map](#train-validation) |  | Samples |',
      '| `validation` | [map](#train-validation) |  |  |',
      '',
      '## train, validation',
      '',
      head,
      '| `seed` | integer |  |  |',
    ].join('\n'),
  )
})

test('variants go by their constant, by the name that holds their options, or by the keys that they need', () => {
  const map = (properties: NonNullable<Schema['properties']>, description?: string): Schema => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    ...(description ? { description } : {}),
  })
  const text = reference({
    data: { oneOf: [map({ kind: { const: 'idx' }, path: { type: 'string' } })] },
    way: {
      default: [{ kind: 'up' }],
      oneOf: [
        { type: 'object', properties: { kind: { const: 'up', default: 'up' } } },
        map({ kind: { const: 'down' } }),
      ],
    },
    resize: { anyOf: [map({ shortSide: { type: 'integer' } }), map({ width: { type: 'integer' } })] },
    use: { anyOf: [{ enum: ['quant'] }, map({ quant: map({}) }, 'Makes it int8'), map({ prune: map({ share: {} }) })] },
  })
  const headings = text.split('\n').filter(line => line.startsWith('#'))
  expect(headings).toEqual([
    '## data',
    '## way',
    '### `kind: up`',
    '### `kind: down`',
    '## resize',
    '### with `shortSide`',
    '### with `width`',
    '## use',
    '### `quant`',
    '### `prune`',
  ])
  expect(text).toContain('### `quant`\n\nMakes it int8\n\nIt has no options.')
  expect(text).toContain('| `use` | `quant` or [map](#use) |')
  expect(text).toContain('| `way` | [map](#way) | `[{"kind":"up"}]` |')
})
