import { defineLowering } from '../lowering.ts'
import { timesMasks } from '../masks.ts'

/** dX = dY·[Y > 0] */
export const ReluGradient = defineLowering({
  op: 'ReluGradient',
  lower: (lowerer, { Y, dY }) => {
    const rows = timesMasks(lowerer, Y, dY, [{ bound: 0, sign: 1 }])
    return rows && { dX: { rows } }
  },
})
