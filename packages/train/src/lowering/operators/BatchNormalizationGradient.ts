import { centred, rateOf } from '../batch-statistics.ts'
import { rowDot, rowSum, scaleAndShift } from '../kernels.ts'
import { defineLowering } from '../lowering.ts'

/**
 * dB = Σ dY; dscale = r·Σ dY·(X − μ); dX = scale·r·(dY − dB/M − (X − μ)·r·dscale/M): the bracket in one pass, the
 * factor left to whoever reads dX, who may apply it to something smaller.
 */
export const BatchNormalizationGradient = defineLowering({
  op: 'BatchNormalizationGradient',
  lower: (lowerer, { X, dY, scale, mean, variance }, { epsilon }) => {
    const { b } = lowerer
    if (!X.image || !(X.isBlocked || dY.isBlocked)) return undefined
    const minusShare = b.scalar(-1 / X.image.elements)
    const [deviation, rows] = [centred(lowerer, X, mean.name, () => mean.plain()), dY.rows()]
    const rate = rateOf(b, variance.plain(), epsilon)
    const dB = rowSum(b, rows)
    const dscale = b.Mul(rowDot(b, rows, deviation), rate)
    const free = scaleAndShift(b, deviation, {
      factor: b.Mul(b.Mul(dscale, rate), minusShare),
      shift: b.Mul(dB, minusShare),
      added: rows,
    })
    return {
      dX: { rows: free, scale: b.Mul(scale.plain(), rate) },
      dscale: { plain: dscale },
      dB: { plain: dB },
    }
  },
})
