/**
 * The smallest parts that channels are made of: places of axes. Atoms that must be cut together are joined (union-find,
 * Tarjan 1975); those that must stay are pinned, with all that are joined to them.
 */
export interface Atoms {
  /** New atoms, of which none is joined to another. */
  fresh(count: number): Int32Array
  /** How many there are; they are numbered from 0. */
  count(): number
  /** The atom that stands for all that are joined to this one. */
  rootOf(atom: number): number
  join(first: number, second: number): void
  pin(atom: number, reason: string): void
  /** Why an atom must stay: the first reason that was found; undefined for one that may go. */
  reasonOf(atom: number): string | undefined
}

export function createAtoms(): Atoms {
  const parents: number[] = []
  const reasons = new Map<number, string>()

  const rootOf = (atom: number): number => {
    let root = atom
    for (let parent = parents[root] ?? root; parent !== root; parent = parents[root] ?? root) root = parent
    for (let next = atom; next !== root; ) {
      const parent = parents[next] ?? root
      parents[next] = root
      next = parent
    }
    return root
  }

  return {
    fresh: count => {
      const first = parents.length
      for (let atom = first; atom < first + count; atom++) parents.push(atom)
      return Int32Array.from({ length: count }, (_, index) => first + index)
    },
    count: () => parents.length,
    rootOf,
    join: (first, second) => {
      const [a, b] = [rootOf(first), rootOf(second)]
      if (a === b) return
      // The older one stays root, so that what is found does not depend on the order of joining.
      const [root, other] = a < b ? [a, b] : [b, a]
      parents[other] = root
      const reason = reasons.get(root) ?? reasons.get(other)
      if (reason !== undefined) reasons.set(root, reason)
    },
    pin: (atom, reason) => {
      const root = rootOf(atom)
      if (!reasons.has(root)) reasons.set(root, reason)
    },
    reasonOf: atom => reasons.get(rootOf(atom)),
  }
}
