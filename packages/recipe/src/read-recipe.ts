import { readFile } from 'node:fs/promises'
import { RecipeError } from '@pare/core-graph'
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Recipe, type RecipeInput, recipeSchema } from './schema.ts'
import type { StrategyRegistry } from './strategies.ts'
import { keysAt, nearest } from './suggest.ts'

/**
 * Reads a recipe file, YAML or JSON (which is YAML too).
 * @throws RecipeError `RECIPE_FILE`, `RECIPE_SYNTAX`, `RECIPE_INVALID` (with file, line and column of every problem)
 */
export async function readRecipe(path: string, registry: StrategyRegistry): Promise<Recipe> {
  return parseRecipe(await readText(path), path, registry)
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    throw new RecipeError({
      code: 'RECIPE_FILE',
      message:
        code === 'ENOENT'
          ? `There is no file ${path}.`
          : code === 'EISDIR'
            ? `${path} is a folder, not a recipe.`
            : `${path} cannot be read: ${cause}`,
      hint: `Check the path; it is relative to ${process.cwd()}.`,
      cause,
    })
  }
}

/** Parses the text of a recipe. @param path names the file in errors */
export function parseRecipe(text: string, path: string, registry: StrategyRegistry): Recipe {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [syntax] = document.errors
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0])
    throw new RecipeError({
      code: 'RECIPE_SYNTAX',
      message: `${path}:${line}:${col}: ${syntax.message}`,
      hint: 'A recipe is YAML or JSON: check indentation, brackets and quotes there.',
      cause: syntax,
    })
  }
  const schema = recipeSchema(registry)
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return parsed.data
  const at = (issuePath: readonly PropertyKey[], key?: string) => {
    const { line, col } = lines.linePos(offsetOf(document, issuePath, key))
    return `${path}:${line}:${col}: `
  }
  throw invalid(path, describeIssues(schema, parsed.error.issues, registry, at))
}

/**
 * Checks a recipe given as an object.
 * @throws RecipeError `RECIPE_INVALID`
 */
export function checkRecipe(recipe: RecipeInput, registry: StrategyRegistry): Recipe {
  const schema = recipeSchema(registry)
  const parsed = schema.safeParse(recipe)
  if (parsed.success) return parsed.data
  throw invalid(
    'The recipe',
    describeIssues(schema, parsed.error.issues, registry, () => ''),
  )
}

const invalid = (what: string, problems: readonly string[]) =>
  new RecipeError({
    code: 'RECIPE_INVALID',
    message: `${what} is not a valid recipe:\n${problems.map(problem => `  ${problem}`).join('\n')}`,
    hint: '`pare recipe schema` prints the JSON schema, with which editors complete and check as you type.',
  })

type Issue = z.core.$ZodIssue
type Locate = (path: readonly PropertyKey[], key?: string) => string

function describeIssues(schema: z.ZodType, issues: readonly Issue[], registry: StrategyRegistry, at: Locate): string[] {
  return issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        key =>
          `${at(issue.path, key)}unknown key ${[...issue.path, key].join('.')}${nearest(key, keysIn(schema, issue.path, registry))}`,
      )
    const deepest = deepestUnionIssue(issue)
    if (deepest) return describeIssues(schema, deepest, registry, at)
    return [`${at(issue.path)}${issue.path.join('.') || 'recipe'}: ${issue.message}`]
  })
}

/** Of a union's alternatives, the one that the user most likely meant: whose problems lie deepest. */
function deepestUnionIssue(issue: Issue): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined
  const alternatives = issue.errors.filter(errors =>
    errors.some(error => error.path.length > 0 || error.code === 'unrecognized_keys'),
  )
  const [best] = alternatives.sort((a, b) => a.length - b.length)
  return best?.map(error => ({ ...error, path: [...issue.path, ...error.path] }))
}

/** Valid keys at a path, which may lead through a strategy's options. */
function keysIn(schema: z.ZodType, path: readonly PropertyKey[], registry: StrategyRegistry): string[] {
  const strategyAt = path.findIndex((key, index) => path[index - 2] === 'use' && registry.has(String(key)))
  const strategy = strategyAt < 0 ? undefined : registry.get(String(path[strategyAt]))
  return strategy ? keysAt(strategy.options, path.slice(strategyAt + 1)) : keysAt(schema, path)
}

/** Where the deepest part of a path that exists stands in the text; with `key`, that key of it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key?: string): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of path) {
    const next = childOf(node, step)
    if (!next) break
    node = next.value
    offset = next.offset ?? offset
  }
  return (key === undefined ? undefined : childOf(node, key)?.keyOffset) ?? offset
}

function childOf(
  node: unknown,
  step: PropertyKey,
): { value: unknown; offset?: number; keyOffset?: number } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)]
    return isNode(value) && value.range ? { value, offset: value.range[0] } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(item => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step))
  if (!pair || !isNode(pair.key) || !pair.key.range) return undefined
  const keyOffset = pair.key.range[0]
  return {
    value: pair.value,
    offset: isNode(pair.value) && pair.value.range ? pair.value.range[0] : keyOffset,
    keyOffset,
  }
}
