import { createRandom } from '@pare/core-graph'

/** Choices drawn from a seeded generator. */
export interface Draw {
  /** A whole number from 0 to `count` − 1. */
  readonly below: (count: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** True once in `times`. */
  readonly oneIn: (times: number) => boolean
}

/** The choices of one case: the same for the same seed and number, whatever was drawn before. */
export function drawOf(seed: number, number: number): Draw {
  const random = createRandom(seed, number)
  const below = (count: number) => Math.floor(random() * count)
  return {
    below,
    pick: items => {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('There is nothing to pick from.')
      return item
    },
    oneIn: times => below(times) === 0,
  }
}

/** Numbers at which arithmetic, sizes and signs break. */
export const strangeNumbers: readonly bigint[] = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  64n,
  127n,
  128n,
  255n,
  256n,
  -(2n ** 31n),
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  1_000_000_000n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
]

/** Names that mean something to JavaScript, to a file system or to ONNX. */
export const strangeNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'length',
  '',
  ' ',
  '\u0000',
  '../../../../etc/passwd',
  '/etc/passwd',
  'a'.repeat(5000),
  '\ud83d\ude00\u202e',
  'ai.onnx',
]
