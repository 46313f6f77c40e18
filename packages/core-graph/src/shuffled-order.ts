import type { BatchOptions, DataSource } from './ports.ts'

/**
 * The order in which the first samples are typical of all, since files are often sorted by class: a shuffle by the seed,
 * or the data's own order where it cannot be shuffled.
 */
export const shuffledOrder = ({ shuffles }: DataSource, seed: number): Pick<BatchOptions, 'shuffle'> =>
  shuffles === false ? {} : { shuffle: { seed, epoch: 0 } }
