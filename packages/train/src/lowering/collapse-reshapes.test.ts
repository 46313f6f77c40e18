import { createBuilder } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { collapseReshapes } from './collapse-reshapes.ts'

test('a Reshape of a Reshape reads what the first one reads', () => {
  const b = createBuilder('chain')
  const x = b.input('x', 'float32', [2, 6])
  b.output(b.named(b.Relu(b.Reshape(b.Reshape(x, b.ints(12)), b.ints(3, 4))), 'y'))
  const { nodes } = collapseReshapes(b.build())
  expect(nodes.map(({ op, inputs: [first] }) => [op, first])).toEqual([
    ['Reshape', 'x'],
    ['Relu', 'Reshape_1:0'],
  ])
})

test('one that changes nothing goes, unless it is an output', () => {
  const b = createBuilder('back')
  const x = b.input('x', 'float32', [2, 6])
  const back = b.Reshape(b.Reshape(x, b.ints(12)), b.ints(2, 6))
  b.output(b.named(b.Relu(back), 'y'))
  expect(collapseReshapes(b.build()).nodes.map(({ op, inputs }) => [op, ...inputs])).toEqual([['Relu', 'x']])
  b.output(back)
  expect(collapseReshapes(b.build()).nodes.map(({ op }) => op)).toEqual(['Reshape', 'Relu'])
})

test('sizes taken from what is read, by a 0, stay', () => {
  const b = createBuilder('zero')
  const x = b.input('x', 'float32', [2, 6])
  b.output(b.Reshape(b.Reshape(x, b.ints(3, 4)), b.ints(0, 2, 2)))
  expect(collapseReshapes(b.build()).nodes).toHaveLength(2)
})
