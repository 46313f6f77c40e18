import { centred, rateOf } from '../batch-statistics.ts'
import { withFollowing } from '../following.ts'
import { rowDot, rowSum, scaleAndShift } from '../kernels.ts'
import { defineLowering } from '../lowering.ts'

/**
 * Y = scale·r·(X − μ) + B, in the same pass as the shortcut and the Relu that follow. The variance is taken of what is centred
 * already: Σx²/M − μ² would lose all digits of a channel whose mean is far from 0.
 */
export const BatchNormalization = defineLowering({
  op: 'BatchNormalization',
  lower: (lowerer, { X, scale, B, input_mean, input_var }, { training_mode, epsilon, momentum }, node) => {
    const { b } = lowerer
    const training = training_mode === 1
    if (!X.isBlocked || !X.image || (training && momentum !== 0)) return undefined
    const share = b.scalar(1 / X.image.elements)
    const mean = training ? b.Mul(rowSum(b, X.rows()), share) : input_mean.plain()
    const deviation = training && centred(lowerer, X, node.outputs[1] ?? '', () => mean)
    const variance = deviation ? b.Mul(rowDot(b, deviation, deviation), share) : input_var.plain()
    const factor = b.Mul(scale.plain(), rateOf(b, variance, epsilon))
    const Y = withFollowing(lowerer, node.outputs[0], fused =>
      deviation
        ? scaleAndShift(b, deviation, { factor, shift: B.plain(), ...fused })
        : scaleAndShift(b, X.rows(), { factor, shift: b.Sub(B.plain(), b.Mul(mean, factor)), ...fused }),
    )
    return { ...(Y && { Y }), ...(training && { running_mean: { plain: mean }, running_var: { plain: variance } }) }
  },
})
