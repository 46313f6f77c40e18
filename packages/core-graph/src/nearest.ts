import { distance } from 'fastest-levenshtein'

/** The words by their edit distance from `word`, the nearest first; of those equally far, the first given. */
export const nearest = (
  word: string,
  words: Iterable<string>,
): readonly { readonly word: string; readonly distance: number }[] =>
  Array.from(words, candidate => ({ word: candidate, distance: distance(word, candidate) })).sort(
    (a, b) => a.distance - b.distance,
  )
