import { createBuilder, type Value } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { type Expressions, expressions } from './expression.ts'
import { runOnce } from './testing/differentiate-case.ts'

/** A formula of a = [[1, −2], [3, 4]] and b = [[2, 2], [1, 0.5]], as onnxruntime computes it. */
async function computed(formula: (ops: Expressions, a: Value, b: Value) => Value) {
  const builder = createBuilder('formula')
  const [a, b] = [builder.input('a', 'float32', [2, 2]), builder.input('b', 'float32', [2, 2])] as const
  // Both are read, whatever the formula reads.
  const result = builder.Add(
    formula(expressions(builder), a, b),
    builder.Mul(builder.ReduceSum(builder.Add(a, b), undefined, { keepdims: 0 }), builder.scalar(0)),
  )
  builder.output(result)
  const feed = (...data: number[]) => ({ dataType: 'float32' as const, dims: [2, 2], data: Float32Array.from(data) })
  const outputs = await runOnce(builder.build(), { a: feed(1, -2, 3, 4), b: feed(2, 2, 1, 0.5) })
  return Array.from(outputs[result.name]?.data ?? [], Number)
}

test.each<[string, (ops: Expressions, a: Value, b: Value) => Value, readonly number[]]>([
  ['a + 1', (ops, a) => ops.add(a, 1), [2, -1, 4, 5]],
  ['1 − a', (ops, a) => ops.sub(1, a), [0, 3, -2, -3]],
  ['a·b', (ops, a, b) => ops.mul(a, b), [2, -4, 3, 2]],
  ['a/b', (ops, a, b) => ops.div(a, b), [0.5, -1, 3, 8]],
  ['bᵃ', (ops, a, b) => ops.pow(b, a), [2, 0.25, 1, 0.0625]],
  ['2ᵃ', (ops, a) => ops.pow(2, a), [2, 0.25, 8, 16]],
  ['the smaller of a and 2', (ops, a) => ops.min(a, 2), [1, -2, 2, 2]],
  ['the greater of a and b', (ops, a, b) => ops.max(a, b), [2, 2, 3, 4]],
  ['−a', (ops, a) => ops.neg(a), [-1, 2, -3, -4]],
  ['|a|', (ops, a) => ops.abs(a), [1, 2, 3, 4]],
  ['√b', (ops, _, b) => ops.sqrt(b), [Math.SQRT2, Math.SQRT2, 1, Math.SQRT1_2]],
  ['a²', (ops, a) => ops.square(a), [1, 4, 9, 16]],
  ['e^b', (ops, _, b) => ops.exp(b), [Math.E ** 2, Math.E ** 2, Math.E, Math.E ** 0.5]],
  ['ln b', (ops, _, b) => ops.log(b), [Math.LN2, Math.LN2, 0, -Math.LN2]],
  ['Σ a', (ops, a) => ops.sum(a), [6]],
  ['Σ a over columns', (ops, a) => ops.sum(a, [0]), [4, 2]],
  ['the mean of a', (ops, a) => ops.mean(a), [1.5]],
  ['the means of the rows of a', (ops, a) => ops.mean(a, [-1]), [-0.5, 3.5]],
  ['softmax of the rows of b', (ops, _, b) => ops.softmax(b), [0.5, 0.5, 0.622459, 0.377541]],
  ['its logarithm', (ops, _, b) => ops.logSoftmax(b), [-Math.LN2, -Math.LN2, Math.log(0.622459), Math.log(0.377541)]],
  ['a·b as matrices', (ops, a, b) => ops.matmul(a, b), [0, 1, 10, 8]],
  ['aᵀ', (ops, a) => ops.transpose(a), [1, 3, -2, 4]],
  ['the rows of a, one after the other', (ops, a) => ops.reshape(a, [-1]), [1, -2, 3, 4]],
])('%s', async (_, formula, expected) => {
  const actual = await computed(formula)
  expect(actual).toHaveLength(expected.length)
  for (const [place, value] of expected.entries()) expect(actual[place]).toBeCloseTo(value, 5)
})
