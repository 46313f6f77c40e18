import { defineLowering } from '../lowering.ts'
import { type Bound, timesMasks } from '../masks.ts'

/** d input = d output·[min < output < max] */
export const ClipGradient = defineLowering({
  op: 'ClipGradient',
  lower: (lowerer, { output, doutput, min, max }) => {
    const [low, high] = [min, max].map(bound => bound && lowerer.number(bound.name))
    if ((min && low === undefined) || (max && high === undefined)) return undefined
    const bounds: Bound[] = []
    if (low !== undefined) bounds.push({ bound: low, sign: 1 })
    if (high !== undefined) bounds.push({ bound: high, sign: -1 })
    const rows = timesMasks(lowerer, output, doutput, bounds)
    return rows && { dinput: { rows } }
  },
})
