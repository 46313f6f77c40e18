import type { Nd } from '../nd.ts'

/** One number for each index of an axis, or one for all, to be broadcast to a tensor of this rank. */
export const alongAxis = ({ dims, data }: Nd, axis: number, rank: number): Nd => ({
  dims: dims.length === 0 ? [] : Array.from({ length: rank }, (_, place) => (place === axis ? data.length : 1)),
  data,
})
