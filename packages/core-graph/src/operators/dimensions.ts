import type { Dimension, Shape } from '../graph.ts'

// Arithmetic on sizes that may be symbols: what is not plainly known is null, never guessed.

export const sum = (a: Dimension, b: Dimension): Dimension => {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  return b === 0 ? a : a === 0 ? b : null
}

export const product = (a: Dimension, b: Dimension): Dimension => {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  return b === 1 ? a : a === 1 ? b : null
}

/** A single symbol among ones stays that symbol. */
export const productOf = (sizes: Shape): Dimension => sizes.reduce(product, 1)

/** What is known of two sizes that must be equal: a number says more than a symbol. Throws `otherwise` when they differ. */
export function unified(a: Dimension, b: Dimension, otherwise: () => Error): Dimension {
  if (typeof a === 'number' && typeof b === 'number' && a !== b) throw otherwise()
  return typeof a === 'number' || b === null ? a : typeof b === 'number' ? b : (a ?? b)
}
