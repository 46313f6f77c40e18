import fc from 'fast-check'
import { anyBroadcast, anyDims, anySize } from '../arbitraries.ts'
import { broadcast, broadcastDims, type Nd, sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

/** Stacks of matrices, or a vector in the place of one of them. */
const arbitrary = fc
  .tuple(anyDims(0, 2), anySize, anySize, anySize, fc.boolean(), fc.boolean())
  .chain(([stack, m, k, n, isRow, isColumn]) =>
    fc.tuple(anyBroadcast(stack), anyBroadcast(stack)).map(([first, second]) => ({
      inputs: { A: isRow ? [k] : [...first, m, k], B: isColumn ? [k] : [...second, k, n] },
    })),
  )

export const MatMul = defineReference({
  op: 'MatMul',
  cases: [
    { name: 'of two matrices', inputs: { A: [2, 3], B: [3, 4] } },
    { name: 'of stacks', inputs: { A: [2, 2, 3], B: [2, 3, 2] } },
    { name: 'of a stack and one matrix', inputs: { A: [2, 3, 2], B: [2, 3] } },
    { name: 'of a stack of one and a stack', inputs: { A: [1, 2, 3], B: [2, 3, 2] } },
    { name: 'of two vectors', inputs: { A: [3], B: [3] } },
    { name: 'of a vector and a stack', inputs: { A: [3], B: [2, 3, 2] } },
    { name: 'of a stack and a vector', inputs: { A: [2, 2, 3], B: [3] } },
  ],
  arbitrary,
  forward: inputs => {
    const [a, b] = [input(inputs, 'A'), input(inputs, 'B')]
    const [isRow, isColumn] = [a.dims.length === 1, b.dims.length === 1]
    const rows = isRow ? { ...a, dims: [1, ...a.dims] } : a
    const columns = isColumn ? { ...b, dims: [...b.dims, 1] } : b
    const made = product(rows, columns)
    const dims = [
      ...made.dims.slice(0, -2),
      ...(isRow ? [] : made.dims.slice(-2, -1)),
      ...(isColumn ? [] : made.dims.slice(-1)),
    ]
    return { dims, data: made.data }
  },
})

function product(a: Nd, b: Nd): Nd {
  const [m = 1, k = 1, n = 1] = [...a.dims.slice(-2), ...b.dims.slice(-1)]
  const stack = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2))
  const [first, second] = [broadcast(a, [...stack, m, k]).data, broadcast(b, [...stack, k, n]).data]
  const data = new Float64Array(sizeOf(stack) * m * n)
  for (let layer = 0; layer < sizeOf(stack); layer++)
    for (let row = 0; row < m; row++)
      for (let inner = 0; inner < k; inner++) {
        const factor = first[(layer * m + row) * k + inner] ?? 0
        for (let column = 0; column < n; column++) {
          const place = (layer * m + row) * n + column
          data[place] = (data[place] ?? 0) + factor * (second[(layer * k + inner) * n + column] ?? 0)
        }
      }
  return { dims: [...stack, m, n], data }
}
