import { defineLowering } from '../lowering.ts'
import { meanOfImages } from '../reductions.ts'

/** Y = the mean over each image */
export const GlobalAveragePool = defineLowering({
  op: 'GlobalAveragePool',
  lower: (lowerer, { X }) => {
    const Y = meanOfImages(lowerer, X)
    return Y && { Y }
  },
})
