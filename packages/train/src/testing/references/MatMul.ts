import { at, nd, sum } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const MatMul = defineReference({
  op: 'MatMul',
  cases: [
    { name: 'of two matrices', inputs: { A: [2, 3], B: [3, 4] } },
    { name: 'of stacks', inputs: { A: [2, 2, 3], B: [2, 3, 2] } },
    { name: 'of a stack and one matrix', inputs: { A: [2, 3, 2], B: [2, 3] } },
    { name: 'of a stack of one and a stack', inputs: { A: [1, 2, 3], B: [2, 3, 2] } },
  ],
  forward: inputs => {
    const [a, b] = [input(inputs, 'A'), input(inputs, 'B')]
    const [rows = 1, inner = 1] = a.dims.slice(-2)
    const columns = b.dims.at(-1) ?? 1
    const stack = Math.max(a.dims.length, b.dims.length) > 2 ? [Math.max(a.dims.at(-3) ?? 1, b.dims.at(-3) ?? 1)] : []
    const pick = ({ dims, data }: typeof a, layer: number, row: number, column: number) => {
      const matrices = { dims: [dims.length > 2 ? (dims[0] ?? 1) : 1, ...dims.slice(-2)], data }
      return at(matrices, [matrices.dims[0] === 1 ? 0 : layer, row, column])
    }
    return nd([...stack, rows, columns], index => {
      const [row = 0, column = 0] = index.slice(-2)
      const layer = index.length > 2 ? (index[0] ?? 0) : 0
      return sum(Array.from({ length: inner }, (_, k) => pick(a, layer, row, k) * pick(b, layer, k, column)))
    })
  },
})
