import { readFile } from 'node:fs/promises'
import { RecipeError } from '@pare/core-graph'
import { type Document, isCollection, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Expected, invalid } from './describe-issues.ts'

/**
 * Reads a file, YAML or JSON (which is YAML too), and checks it.
 * @throws RecipeError `RECIPE_FILE`, and what `parseYaml` throws
 */
export async function readYaml<Schema extends z.ZodType>(
  path: string,
  expected: Expected<Schema>,
): Promise<z.output<Schema>> {
  return parseYaml(await readText(path, expected.name), path, expected)
}

/** @param name what the file should be, in a sentence. @throws RecipeError `RECIPE_FILE` */
export async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const problems: Record<string, string> = {
      ENOENT: `There is no file ${path}.`,
      EISDIR: `${path} is a folder, not a ${name}.`,
    }
    throw new RecipeError({
      code: 'RECIPE_FILE',
      message: problems[String(code)] ?? `${path} cannot be read: ${cause}`,
      hint: `Check the path; it is relative to ${process.cwd()}.`,
      cause,
    })
  }
}

/**
 * Parses and checks a text.
 * @param path names the file in errors
 * @throws RecipeError `RECIPE_SYNTAX`, `RECIPE_INVALID` (with file, line and column of every problem)
 */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  path: string,
  expected: Expected<Schema>,
): z.output<Schema> {
  const lines = new LineCounter()
  const document = documentOf(text, lines, path)
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}: `
  }
  const problem = syntaxProblem(document)
  if (problem)
    throw new RecipeError({
      code: 'RECIPE_SYNTAX',
      message: `${place(problem.offset)}${problem.message}`,
      hint: `A ${expected.name} is YAML or JSON: check indentation, brackets and quotes there.`,
      cause: document.errors[0],
    })
  const parsed = expected.schema.safeParse(jsOf(document, path))
  if (parsed.success) return parsed.data
  throw invalid(path, expected, parsed.error.issues, (at, key) => place(offsetOf(document, at, key)))
}

/** Far more than any recipe has; the parser goes one call deeper for each level. */
const deepest = 100

function documentOf(text: string, lineCounter: LineCounter, path: string): Document.Parsed {
  const tooDeep = (cause: unknown) =>
    new RecipeError({
      code: 'RECIPE_SYNTAX',
      message: `${path}: lists and mappings are nested too deep to be read.`,
      hint: `Nothing needs more than ${deepest} levels: look for brackets that are not closed.`,
      cause,
    })
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false })
    // The parser itself catches what is thrown in some places.
    const overflow = document.errors.find(({ message }) => message.includes('call stack'))
    if (overflow) throw tooDeep(overflow)
    return document
  } catch (cause) {
    throw cause instanceof RangeError ? tooDeep(cause) : cause
  }
}

/** The parser's first error, or the first key or nesting that its conversion would take unbounded time for. */
function syntaxProblem(document: Document.Parsed): { readonly offset: number; readonly message: string } | undefined {
  const [error] = document.errors
  if (error) return { offset: error.pos[0], message: error.message }
  const open: { node: unknown; depth: number }[] = [{ node: document.contents, depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next
    if (!isCollection(node)) continue
    const offset = node.range?.[0] ?? 0
    if (depth > deepest) return { offset, message: `Lists and mappings are nested more than ${deepest} deep` }
    for (const item of node.items) {
      if (isPair(item) && isCollection(item.key)) return { offset, message: 'A key must be a word or a number' }
      open.push({ node: isPair(item) ? item.value : item, depth: depth + 1 })
    }
  }
  return undefined
}

function jsOf(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    // An alias without its anchor, or aliases of aliases that would fill the memory.
    throw new RecipeError({
      code: 'RECIPE_SYNTAX',
      message: `${path}: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Write the values out in place of the YAML aliases.',
      cause,
    })
  }
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
