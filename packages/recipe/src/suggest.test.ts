import { expect, test } from 'vitest'
import { z } from 'zod'
import { keysAt, suggestion } from './suggest.ts'

test('a near word is suggested, otherwise all are listed', () => {
  expect(suggestion('stagse', ['model', 'stages'])).toBe(' (did you mean stages?)')
  expect(suggestion('zzzzzz', ['model', 'stages'])).toBe('; valid: model, stages')
  expect(suggestion('anything', [])).toBe('')
})

test('the keys at a path are found through defaults, lists and unions', () => {
  const schema = z.object({
    list: z.array(z.object({ inner: z.object({ a: z.number(), b: z.number() }).prefault({ a: 1, b: 2 }) })).optional(),
    either: z.union([z.string(), z.object({ x: z.number() })]),
  })
  expect(keysAt(schema, [])).toEqual(['list', 'either'])
  expect(keysAt(schema, ['list', 0, 'inner'])).toEqual(['a', 'b'])
  expect(keysAt(schema, ['either'])).toEqual(['x'])
  expect(keysAt(schema, ['nothing', 'here'])).toEqual([])
})
