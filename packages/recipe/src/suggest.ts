import { nearest } from '@pare/core-graph'
import { z } from 'zod'

/** ` (did you mean x?)` for the nearest of the valid words, or `; valid: …` when none is near. */
export function suggestion(word: string, valid: Iterable<string>): string {
  const words = [...valid].filter(each => each !== word)
  const [best] = nearest(word, words)
  if (!best) return ''
  if (best.distance <= Math.max(2, word.length / 3)) return ` (did you mean ${best.word}?)`
  return `; valid: ${words.join(', ')}`
}

/** The keys that a schema takes at a path; empty where it takes any, or none. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrap(schema)
  const [head, ...rest] = path
  if (inner instanceof z.ZodObject) {
    if (head === undefined) return Object.keys(inner.shape)
    const next: unknown = inner.shape[String(head)]
    return next instanceof z.ZodType ? keysAt(next, rest) : []
  }
  if (inner instanceof z.ZodArray && head !== undefined) return keysAt(inner.element as z.ZodType, rest)
  if (inner instanceof z.ZodUnion)
    return [...new Set(inner.options.flatMap(option => keysAt(option as z.ZodType, path)))]
  return []
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrap(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType)
  return schema
}
