import { createRandom, type Random } from '@pare/core-graph'

/** The numbers 0 to count − 1 in random order (Fisher and Yates; Durstenfeld 1964). */
export function permutation(count: number, random: Random): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1))
    const value = order[last] ?? 0
    order[last] = order[chosen] ?? 0
    order[chosen] = value
  }
  return order
}

/** The order of an epoch's samples: a matter of seed and epoch alone. */
export const epochOrder = (count: number, { seed, epoch }: { readonly seed: number; readonly epoch: number }) =>
  permutation(count, createRandom(seed, epoch))
