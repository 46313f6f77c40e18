import { at, nd, sum } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

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
  forward: (inputs, attributes) => {
    const [a, b, c] = [input(inputs, 'A'), input(inputs, 'B'), inputs.C]
    const [transA, transB] = [attributes.number('transA', 0), attributes.number('transB', 0)]
    const [alpha, beta] = [attributes.number('alpha', 1), attributes.number('beta', 1)]
    const inner = a.dims[transA ? 0 : 1] ?? 1
    return nd([a.dims[transA ? 1 : 0] ?? 1, b.dims[transB ? 0 : 1] ?? 1], ([row = 0, column = 0]) => {
      const products = Array.from(
        { length: inner },
        (_, k) => at(a, transA ? [k, row] : [row, k]) * at(b, transB ? [column, k] : [k, column]),
      )
      const place = c?.dims.map((size, axis) => (size === 1 ? 0 : ([row, column].slice(-c.dims.length)[axis] ?? 0)))
      return alpha * sum(products) + (c && place ? beta * at(c, place) : 0)
    })
  },
})
