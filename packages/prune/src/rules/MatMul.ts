import type { FlowValue } from '../channels/labels.ts'
import { defineChannelRule } from '../rule.ts'

/** A:[*b, M, K] · B:[*b, K, N]: K is summed over, the weight (if there is one) makes N or M, b is broadcast. */
export const MatMul = defineChannelRule({
  op: 'MatMul',
  flow: ({ A, B }, _, flow) => {
    const [left, right] = [A.shape.length - 1, Math.max(0, B.shape.length - 2)]
    if (A.shape.length === 0 || B.shape.length === 0) return {}
    flow.join(A.axis(left), B.axis(right))
    const makesRows = A.constant && !B.constant
    if (makesRows) flow.sums(A, left, B, right)
    else flow.sums(B, right, A, left)
    const batch = flow.broadcast(batchOf(A), batchOf(B))
    const rows = A.shape.length > 1 ? [A.axis(-2)] : []
    const columns = B.shape.length > 1 ? [B.axis(-1)] : []
    if (makesRows && rows.length > 0) flow.makes(A, -2)
    if (B.constant && columns.length > 0) flow.makes(B, -1)
    return { Y: [...batch, ...rows, ...columns] }
  },
})

const batchOf = (value: FlowValue): FlowValue => ({ ...value, shape: value.shape.slice(0, -2) })
