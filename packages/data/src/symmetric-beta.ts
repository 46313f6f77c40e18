import type { Random } from '@pare/core-graph'

/**
 * One number of the distribution Beta(α, α), from 0 to 1; takes two of `random`. The polar method for Student's t with
 * 2α degrees of freedom (Bailey 1994), of which a symmetric beta is a function: (1 + t / √(2α + t²)) / 2.
 */
export function symmetricBeta(alpha: number, random: Random): number {
  // t / √(2α); infinite where α is tiny, and the sine of its arc tangent is 1 then.
  const slope = Math.sqrt((1 - random()) ** (-1 / alpha) - 1) * Math.cos(2 * Math.PI * random())
  return (1 + Math.sin(Math.atan(slope))) / 2
}
