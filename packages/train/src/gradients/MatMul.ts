import { type GraphBuilder, once, type Value } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { dimensionsOf, swapAxes } from '../shapes.ts'

/**
 * dA = dY·Bᵀ; dB = Aᵀ·dY, of the last two axes; A:[*s,m,k], B:[*t,k,n], Y:[*u,m,n]. A vector A is a row (m = 1), a
 * vector B a column (n = 1). One matrix B for a whole stack A takes one product over all of it.
 */
export const MatMul = defineGradient({
  op: 'MatMul',
  trainable: ['A', 'B'],
  backward: (b, { A, B, dY }) => {
    const [isRow, isColumn] = [dimensionsOf(A).length === 1, dimensionsOf(B).length === 1]
    const rows = () => (isRow ? b.Unsqueeze(A, b.ints(0)) : A)
    const columns = () => (isColumn ? b.Unsqueeze(B, b.ints(1)) : B)
    const gradient = once(() => {
      const withColumns = isColumn ? b.Unsqueeze(dY, b.ints(-1)) : dY
      return isRow ? b.Unsqueeze(withColumns, b.ints(-2)) : withColumns
    })
    return {
      A: () => b.MatMul(gradient(), turned(b, columns())),
      B: () => {
        const isShared = dimensionsOf(B).length <= 2
        const made = isShared
          ? b.Gemm(flat(b, rows()), flat(b, gradient()), { transA: 1 })
          : b.MatMul(turned(b, rows()), gradient())
        return isColumn ? b.Squeeze(made, b.ints(-1)) : made
      },
    }
  },
})

function turned(b: GraphBuilder, value: Value): Value {
  const { length: rank } = dimensionsOf(value)
  return swapAxes(b, value, rank - 2, rank - 1)
}

/** A stack of matrices as one, of all their rows. */
const flat = (b: GraphBuilder, value: Value): Value =>
  dimensionsOf(value).length === 2 ? value : b.Flatten(value, { axis: -1 })
