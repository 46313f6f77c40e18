import fc from 'fast-check'
import { anyBroadcast, anySize } from '../arbitraries.ts'
import { broadcast, nd, transpose } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const flag = fc.constantFrom(0, 1)
const factor = fc.constantFrom(1, 0.5, -1.5)

const arbitrary = fc
  .tuple(anySize, anySize, anySize, flag, flag, factor, factor)
  .chain(([m, k, n, transA, transB, alpha, beta]) =>
    fc.option(anyBroadcast([m, n])).map(C => ({
      inputs: { A: transA ? [k, m] : [m, k], B: transB ? [n, k] : [k, n], ...(C ? { C } : {}) },
      attributes: { transA, transB, alpha, beta },
    })),
  )

export const Gemm = defineReference({
  op: 'Gemm',
  cases: [
    { name: 'plain', inputs: { A: [2, 3], B: [3, 4], C: [4] } },
    { name: 'A transposed', inputs: { A: [3, 2], B: [3, 4], C: [2, 1] }, attributes: { transA: 1 } },
    { name: 'B transposed, without C', inputs: { A: [2, 3], B: [4, 3] }, attributes: { transB: 1 } },
    {
      name: 'both transposed and scaled',
      inputs: { A: [3, 2], B: [4, 3], C: [2, 4] },
      attributes: { transA: 1, transB: 1, alpha: 0.5, beta: -1.5 },
    },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const [alpha, beta] = [attributes.number('alpha', 1), attributes.number('beta', 1)]
    const rows = attributes.number('transA', 0) ? transpose(input(inputs, 'A'), [1, 0]) : input(inputs, 'A')
    const columns = attributes.number('transB', 0) ? input(inputs, 'B') : transpose(input(inputs, 'B'), [1, 0])
    const [m = 1, inner = 1] = rows.dims
    const dims = [m, columns.dims[0] ?? 1]
    const added = inputs.C && broadcast(inputs.C, dims).data
    let place = 0
    return nd(dims, ([row = 0, column = 0]) => {
      let total = 0
      for (let k = 0; k < inner; k++)
        total += (rows.data[row * inner + k] ?? 0) * (columns.data[column * inner + k] ?? 0)
      return alpha * total + beta * (added?.[place++] ?? 0)
    })
  },
})
