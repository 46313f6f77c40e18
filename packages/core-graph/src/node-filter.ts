import { z } from 'zod'
import { RecipeError } from './errors.ts'
import type { Graph, Node } from './graph.ts'
import { nearest } from './nearest.ts'

/** The option of every strategy that chooses nodes: see `matchNodes`. */
export const nodePatterns = z
  .array(z.string().min(1))
  .describe('Nodes by name (* stands for any characters, /…/ is a regular expression) or, after "op:", by operator')

/**
 * The nodes that any of the patterns matches: a name such as `features/0/Conv`; with `*` for any characters,
 * `features/*`; a regular expression that the name must contain, `/Conv_\d+/`; an operator, `op:Gemm` or `op:*Pool`.
 *
 * @param option the option that holds the patterns, for the error
 * @throws RecipeError `RECIPE_NO_MATCH` for a pattern that matches no node, with the nearest names;
 *   `RECIPE_PATTERN` for a malformed regular expression
 */
export function matchNodes(graph: Graph, patterns: readonly string[], option: string): ReadonlySet<Node> {
  const matched = new Set<Node>()
  for (const pattern of patterns) {
    const matcher = matcherOf(pattern, option)
    const found = matcher.nodesOf(graph)
    if (found.length === 0) throw noMatch('node', matcher, graph.nodes.map(matcher.textOf))
    for (const node of found) matched.add(node)
  }
  return matched
}

/**
 * The initializers that any of the patterns matches, each by its own name or by a node that reads it: patterns are
 * those of `matchNodes`.
 *
 * @param option the option that holds the patterns, for the error
 * @throws RecipeError `RECIPE_NO_MATCH` for a pattern that matches no initializer and no node, with the nearest names;
 *   `RECIPE_PATTERN` for a malformed regular expression
 */
export function matchInitializers(graph: Graph, patterns: readonly string[], option: string): ReadonlySet<string> {
  const names = [...graph.initializers.keys()]
  const matched = new Set<string>()
  for (const pattern of patterns) {
    const matcher = matcherOf(pattern, option)
    const named = matcher.byOperator ? [] : names
    const own = named.filter(matcher.test)
    const readers = matcher.nodesOf(graph)
    if (own.length + readers.length === 0)
      throw noMatch('weight or node', matcher, [...named, ...graph.nodes.map(matcher.textOf)])
    for (const name of [...own, ...readers.flatMap(({ inputs }) => inputs)])
      if (graph.initializers.has(name)) matched.add(name)
  }
  return matched
}

type Matcher = ReturnType<typeof matcherOf>

function matcherOf(pattern: string, option: string) {
  const byOperator = pattern.startsWith('op:')
  const part = byOperator ? pattern.slice('op:'.length) : pattern
  const expression = expressionOf(part, option)
  const test = (text: string) => expression.test(text)
  const textOf = (node: Node) => (byOperator ? node.op : node.name)
  const nodesOf = ({ nodes }: Graph) => nodes.filter(node => test(textOf(node)))
  return { pattern, option, part, byOperator, test, textOf, nodesOf }
}

function expressionOf(pattern: string, option: string): RegExp {
  const [, regular] = /^\/(.+)\/$/.exec(pattern) ?? []
  // Exported names look like /features/0/Conv, so a slash at both ends is needed to mean an expression.
  if (regular === undefined) return new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's')
  try {
    return new RegExp(regular)
  } catch (cause) {
    throw new RecipeError({
      code: 'RECIPE_PATTERN',
      message: `${option}: ${pattern} is not a regular expression: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Correct it, or leave out the slashes around it to give a name.',
      cause,
    })
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function noMatch(
  what: string,
  { pattern, option, part }: Pick<Matcher, 'pattern' | 'option' | 'part'>,
  names: readonly string[],
): RecipeError {
  const near = nearest(part, new Set(names)).slice(0, 3)
  return new RecipeError({
    code: 'RECIPE_NO_MATCH',
    message: `${option}: no ${what} of the model matches ${pattern}.`,
    hint:
      near.length > 0
        ? `The nearest are ${near.map(({ word }) => word).join(', ')}; \`pare inspect --json\` lists all.`
        : 'The model has no nodes.',
  })
}
