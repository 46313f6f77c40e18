/** A source of numbers in [0, 1), uniform, in steps of 2^-32. */
export type Random = () => number

/**
 * Random numbers from a seed: the same seeds give the same numbers on every machine. Not for secrets.
 *
 * The generator is sfc32, Chris Doty-Humphrey's small fast counter (PractRand 0.94, `sfc.h`): 128 bits of state, a
 * period of at least 2^32 for every seed, about 2^127 on average. Its three seed words make independent streams
 * cheap: `createRandom(seed, epoch, sample)`.
 * @param seed an integer; its low 32 bits count, as for the two that follow
 * @param stream which of the seed's independent sequences
 * @param substream which of the stream's independent sequences
 */
export function createRandom(seed: number, stream = 0, substream = 0): Random {
  let a = substream | 0
  let b = stream | 0
  let c = seed | 0
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // The seed words are mixed into the whole state, as the author's own seeding does.
  for (let round = 0; round < 15; round++) next()
  return () => next() / 2 ** 32
}

/** One number of the normal distribution, mean 0 and standard deviation 1 (Box and Muller, 1958); takes two of `random`. */
export const randomNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
