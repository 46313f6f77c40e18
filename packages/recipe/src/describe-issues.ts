import { RecipeError } from '@pare/core-graph'
import type { z } from 'zod'
import { keysAt, suggestion } from './suggest.ts'

/** What is expected to be written: a recipe, a preprocessing. */
export interface Expected<Schema extends z.ZodType = z.ZodType> {
  /** In a sentence: `recipe`. */
  readonly name: string
  readonly schema: Schema
  /** What to do when it is not valid. */
  readonly hint: string
  /** Valid keys at a path. Default: those that the schema has there. */
  readonly keysIn?: (path: readonly PropertyKey[]) => string[]
}

/** Where in a text the value at a path, or one key of it, stands: `file:line:column: `; empty without a text. */
export type Locate = (path: readonly PropertyKey[], key?: string) => string

type Issue = z.core.$ZodIssue

/** The error of something that is not as expected, with a line for each problem. */
export const invalid = (what: string, expected: Expected, issues: readonly Issue[], locate: Locate): RecipeError =>
  new RecipeError({
    code: 'RECIPE_INVALID',
    message: `${what} is not a valid ${expected.name}:\n${describe(expected, issues, locate)
      .map(problem => `  ${problem}`)
      .join('\n')}`,
    hint: expected.hint,
  })

function describe(expected: Expected, issues: readonly Issue[], locate: Locate): string[] {
  const { name, schema, keysIn = path => keysAt(schema, path) } = expected
  return issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        key =>
          `${locate(issue.path, key)}unknown key ${[...issue.path, key].join('.')}${suggestion(key, keysIn(issue.path))}`,
      )
    const meant = likeliestOfUnion(issue)
    if (meant) return describe(expected, meant, locate)
    return [`${locate(issue.path)}${issue.path.join('.') || name}: ${messageOf(issue)}`]
  })
}

/** zod's message without its preamble. */
function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_union' && 'options' in issue && issue.options)
    // The key of an alternative that is meant by default may be left out, which zod lists as an option too.
    return `expected one of ${issue.options.filter(option => option !== undefined).join(', ')}`
  return issue.message
    .replace(/^Invalid (?:input|option): /, '')
    .replace(/^(expected .*), received undefined$/, 'missing: $1')
}

/** Of a union's alternatives, the one with the fewest problems inside it: what the user meant, unless two are level. */
function likeliestOfUnion(issue: Issue): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined
  const alternatives = issue.errors.filter(errors =>
    errors.some(error => error.path.length > 0 || error.code === 'unrecognized_keys'),
  )
  const [best, second] = alternatives.sort((a, b) => a.length - b.length)
  if (best?.length === second?.length) return undefined
  return best?.map(error => ({ ...error, path: [...issue.path, ...error.path] }))
}
