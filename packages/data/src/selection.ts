import { createRandom, DataError } from '@pare/core-graph'
import { z } from 'zod'
import { permutation } from './order.ts'

/** Which samples of the files are used: first the split, then the subset of what it left. */
export const selectionShape = {
  split: z
    .strictObject({
      fraction: z.number().gt(0).lt(1).describe('Share of the samples that is held out, between 0 and 1.'),
      seed: z.int().default(0).describe('Which samples are held out: the same seed, the same samples.'),
      part: z.enum(['train', 'held-out']).describe('`held-out`: the samples held out; `train`: all others.'),
    })
    .optional()
    .describe('Parts the samples at random into two disjoint sets and takes one.'),
  subset: z
    .strictObject({
      skip: z.int().nonnegative().default(0).describe('Samples to leave out at the start.'),
      take: z.int().positive().optional().describe('Samples to use after those. Default: all that are left.'),
    })
    .optional()
    .describe("A run of samples in the data's own order."),
}

const selectionSchema = z.object(selectionShape)

export type Selection = z.output<typeof selectionSchema>

/**
 * Indices of the selected samples, ascending.
 * @throws DataError `DATA_SUBSET` when the selection asks for more than there is, or nothing is left.
 */
export function select(size: number, { split, subset }: Selection): Uint32Array<ArrayBuffer> {
  const all = split ? part(size, split) : Uint32Array.from({ length: size }, (_, index) => index)
  const { skip, take = all.length - skip } = subset ?? { skip: 0 }
  if (take <= 0 || skip + take > all.length)
    throw new DataError({
      code: 'DATA_SUBSET',
      message: `The data has ${all.length} samples${split ? ` in the part ${split.part}` : ''}; skipping ${skip} and taking ${Math.max(take, 1)} asks for more.`,
      hint: split ? 'Change the fraction of the split, or make the subset smaller.' : 'Make skip or take smaller.',
    })
  return all.slice(skip, skip + take)
}

function part(size: number, { fraction, seed, part }: NonNullable<Selection['split']>) {
  const order = permutation(size, createRandom(seed))
  const heldOut = Math.round(fraction * size)
  return (part === 'held-out' ? order.slice(0, heldOut) : order.slice(heldOut)).sort()
}
