import { z } from 'zod'
import { checkSameShape, defineLoss } from '../loss.ts'

/**
 * L = mean h(|output − target|), h(a) = a²/2 up to δ and δ·(a − δ/2) beyond (Huber 1964), which is m·(a − m/2) with
 * m = min(a, δ); output, target:[*s] → []
 */
export const huber = defineLoss({
  id: 'huber',
  description: 'Half the square of small differences; of large ones what they are, so that outliers count less',
  inputs: { output: 'output', target: 'targets' },
  options: { delta: z.number().positive().default(1).describe('Where a difference begins to be large') },
  build: (ops, { output, target }, { delta }) => {
    checkSameShape(output, target)
    const difference = ops.abs(ops.sub(output, target))
    const small = ops.min(difference, delta)
    return ops.mean(ops.mul(small, ops.sub(difference, ops.mul(small, 0.5))))
  },
})
