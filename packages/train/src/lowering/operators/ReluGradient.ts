import { defineLowering } from '../lowering.ts'

/**
 * dX = dY·[Y > 0]: HardSigmoid with a slope of 10³⁰ is 1 where Y > 0 and 0 elsewhere, in one pass that is faster than a
 * comparison and a Cast.
 */
export const ReluGradient = defineLowering({
  op: 'ReluGradient',
  lower: ({ b, block }, { Y, dY }) => {
    const { image } = Y
    if (!image || !(Y.isBlocked || dY.isBlocked)) return undefined
    const mask = b.HardSigmoid(Y.rows(), { alpha: 1e30, beta: 0 })
    const repeated = dY.repeated()
    if (!repeated) return { dX: { rows: b.Mul(dY.rows(), mask) } }
    const { channels, batch, area } = image
    const split = (value: typeof mask, pixels: number) =>
      b.Reshape(value, b.ints(channels, batch / block, pixels, block))
    return { dX: { rows: b.Reshape(b.Mul(split(mask, area), split(repeated, 1)), b.ints(channels, -1)) } }
  },
})
