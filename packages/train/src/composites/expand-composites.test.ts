import { createBuilder } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { addComposite } from './composite.ts'
import { expandComposites } from './expand-composites.ts'
import { ReluGradient } from './ReluGradient.ts'

const relu = () => {
  const b = createBuilder('relu')
  const values = { Y: b.input('y', 'float32', [2]), dY: b.input('dy', 'float32', [2]) }
  const { dX } = addComposite(b, ReluGradient, values, {})
  return { b, dX }
}

test('composites are replaced by standard ONNX operators; what must stay keeps its name', () => {
  const { b, dX } = relu()
  b.output(dX)
  const graph = expandComposites(b.build())
  expect(graph.nodes.map(({ name, outputs }) => [name, ...outputs])).toEqual([
    ['ReluGradient/Greater', 'ReluGradient/Greater:0'],
    ['ReluGradient/Cast', 'ReluGradient/Cast:0'],
    ['ReluGradient/Mul', 'ReluGradient:0'],
  ])
  expect([...graph.opsets.keys()]).toEqual([''])
})

test('nothing is made that is not read', () => {
  const { b, dX } = relu()
  expect(expandComposites(b.build()).nodes).toEqual([])
  expect(expandComposites(b.build(), [dX.name]).nodes).toHaveLength(3)
})

test('a graph without composites stays as it is', () => {
  const graph = createBuilder('empty').build()
  expect(expandComposites(graph)).toBe(graph)
})
