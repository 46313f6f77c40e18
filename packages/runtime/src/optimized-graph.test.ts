import { createBuilder } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { optimizedGraph } from './optimized-graph.ts'

test('tells that Conv and Relu are one operator for onnxruntime', async () => {
  const b = createBuilder('net')
  const x = b.input('x', 'float32', [1, 1, 4, 4])
  b.output(b.Relu(b.Conv(x, b.constant('float32', [1, 1, 3, 3], [1, 2, 1, 0, 0, 0, -1, -2, -1]))))
  expect((await optimizedGraph(b.build())).nodes.map(node => node.op)).toEqual(['FusedConv'])
})
