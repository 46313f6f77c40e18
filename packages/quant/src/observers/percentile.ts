import { z } from 'zod'
import { addToHistogram, binWidth, createHistogram, type Histogram } from '../histogram.ts'
import { defineObserver } from '../observer.ts'

/** [quantile(1 − p), quantile(p)], each end to within one bin of the histogram */
export const percentile = defineObserver({
  id: 'percentile',
  description: 'All but the outermost values on either side.',
  options: z.strictObject({
    percentile: z
      .number()
      .gt(50)
      .max(100)
      .default(99.999)
      .describe('Percent of the values that lie below the top of the range, and as many above its bottom'),
  }),
  needs: 'values',
  start: createHistogram,
  observe: addToHistogram,
  range: (histogram, _type, { percentile }) => {
    const outside = (1 - percentile / 100) * histogram.total
    return { low: 0 - cutOff(histogram, 'negative', outside), high: cutOff(histogram, 'positive', outside) }
  },
})

/** The magnitude on one side beyond which `outside` values lie; 0 where the side has no more than that. */
function cutOff(histogram: Histogram, side: 'positive' | 'negative', outside: number): number {
  const extreme = Math.max(0, side === 'positive' ? histogram.high : -histogram.low)
  const counts = histogram[side]
  let beyond = 0
  for (let bin = counts.length - 1; bin >= 0; bin--) {
    const count = counts[bin] ?? 0
    if (beyond + count > outside) return Math.min(extreme, (bin + 1 - (outside - beyond) / count) * binWidth(histogram))
    beyond += count
  }
  return 0
}
