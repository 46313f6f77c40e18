import { imageMean } from '../image-mean.ts'
import { defineLowering } from '../lowering.ts'

/** Y = the mean over each image, [C, N] in rows */
export const GlobalAveragePool = defineLowering({
  op: 'GlobalAveragePool',
  lower: (lowerer, { X }) => {
    const mean = imageMean(lowerer, X)
    return mean && { Y: { rows: mean } }
  },
})
