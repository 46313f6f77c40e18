import type { Target } from '@pare/core-graph'

/** What zeros among the weights are worth on a target, where that is not speed; undefined where it is. */
export function sparsityNote(target: Target | undefined, pattern: 'any' | '2:4' | 'other'): string | undefined {
  const gain = target?.sparsity
  if (gain === 'any' || (gain === '2:4' && pattern === '2:4')) return undefined
  const where = target ? `The target ${target.id} skips no zeros of this kind` : 'Few runtimes skip zeros'
  return `${where}: the file compresses better, but the model keeps its size in memory and runs no faster. Cutting channels (prune.uniform, prune.sensitivity) makes it faster.`
}
