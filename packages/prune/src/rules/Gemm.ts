import { defineChannelRule } from '../rule.ts'

/** A′:[M, K] · B′:[K, N] + C: K is summed over, B′ makes N (or A′ makes M, where it is the weight). */
export const Gemm = defineChannelRule({
  op: 'Gemm',
  flow: ({ A, B, C }, { transA, transB }, flow) => {
    const [rows, left] = transA ? [1, 0] : [0, 1]
    const [right, columns] = transB ? [1, 0] : [0, 1]
    flow.join(A.axis(left), B.axis(right))
    if (A.constant && !B.constant) {
      flow.sums(A, left, B, right)
      flow.makes(A, rows)
    } else {
      flow.sums(B, right, A, left)
      flow.makes(B, columns)
    }
    const added = (fromBack: number) => {
      const size = C?.shape.at(-fromBack)
      return C && size !== undefined && size !== 1 ? [C.axis(-fromBack)] : []
    }
    return { Y: [flow.join(A.axis(rows), ...added(2)), flow.join(B.axis(columns), ...added(1))] }
  },
})
