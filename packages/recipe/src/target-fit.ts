import { type Graph, type Target, validate } from '@pare/core-graph'

/**
 * What a target does not take of a model, in one sentence for the notes of a run; none where it takes all, or there is
 * no target. What the specification demands is no matter of a note: nothing that breaks it is written.
 */
export function targetNotes(graph: Graph, target: Target | undefined): readonly string[] {
  if (!target) return []
  const [first, ...more] = validate(graph, { target }).filter(
    ({ rule, severity }) => rule.startsWith('target-') && severity === 'error',
  )
  if (!first) return []
  const others =
    more.length === 0 ? '' : ` There are ${more.length} more: pare validate --target ${target.id} lists them.`
  return [`The target ${target.id} does not take the model: ${first.message}${others}`]
}
