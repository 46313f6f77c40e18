import type { KeptFloat } from './plan-weights.ts'

/** One sentence for all nodes of one operator that stay float for one reason. */
export const keptNotes = (kept: readonly KeptFloat[]): readonly string[] =>
  [...Map.groupBy(kept, ({ op, reason }) => `${op} ${reason}`).values()].map(keptNote)

function keptNote([first, ...others]: readonly KeptFloat[]): string {
  if (!first) return ''
  const { node, op, reason } = first
  return others.length === 0
    ? `${node} (${op}) stays float: ${reason}.`
    : `${others.length + 1} ${op} nodes stay float, such as ${node}: ${reason}.`
}
