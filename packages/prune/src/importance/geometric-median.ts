import { z } from 'zod'
import { defineImportance } from '../importance.ts'

/**
 * I[c] = Σⱼ‖w_c − wⱼ‖₂: least for the filter nearest the geometric median of all, which the others can stand in for
 * (He et al. 2019, "Filter Pruning via Geometric Median")
 */
export const geometricMedian = defineImportance({
  id: 'geometric-median',
  description: 'Sum of the distances of the weights of the channel from those of all others (FPGM).',
  options: z.strictObject({}),
  looksAt: 'weights',
  needs: [],
  score: ({ values }) => {
    const sums = new Array<number>(values.length).fill(0)
    for (const [first, row] of values.entries())
      for (let second = first + 1; second < values.length; second++) {
        const between = distance(row, values[second] ?? row)
        sums[first] = (sums[first] ?? 0) + between
        sums[second] = (sums[second] ?? 0) + between
      }
    return sums
  },
})

function distance(a: Float32Array, b: Float32Array): number {
  let squares = 0
  for (let place = 0; place < a.length; place++) squares += ((a[place] ?? 0) - (b[place] ?? 0)) ** 2
  return Math.sqrt(squares)
}
