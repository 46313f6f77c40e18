import { expect, test } from 'vitest'
import { beforeSoftmax } from './before-softmax.ts'
import { createBuilder } from './builder.ts'
import { floats, graphOf, node } from './testing/graph-of.ts'

test('the logits are what the Softmax reads, whatever form its probabilities are given', () => {
  const b = createBuilder('classifier')
  const logits = b.MatMul(b.input('x', 'float32', ['N', 2]), b.initializer('w', floats([2, 3], [1, 2, 3, 4, 5, 6])))
  const [scale, zero] = [b.scalar(1 / 255), b.constant('uint8', [], [0])]
  const rounded = b.DequantizeLinear(b.QuantizeLinear(b.Softmax(logits), scale, zero), scale, zero)
  b.output(b.named(b.Reshape(rounded, b.ints(0, 3, 1)), 'shares'))
  expect(beforeSoftmax(b.build(), 'shares')).toBe(logits.name)
  expect(beforeSoftmax(b.build(), logits.name)).toBeUndefined()
})

test('LogSoftmax makes logits, and what another domain calls Softmax may be anything', () => {
  const graph = graphOf({
    inputs: { x: ['N', 2] },
    nodes: [node('log', 'LogSoftmax', ['x']), { ...node('own', 'Softmax', ['x']), domain: 'mine' }],
    outputs: ['log', 'own'],
  })
  expect(['x', 'log', 'own'].map(name => beforeSoftmax(graph, name))).toEqual([undefined, undefined, undefined])
})
