import { describe, expect, it } from 'vitest'
import type { Graph } from '../graph.ts'
import { floats, graphOf, node, textOf, valueInfo } from '../testing/graph-of.ts'
import { removeDeadCode } from './remove-dead-code.ts'

describe('remove-dead-code', () => {
  it('drops nodes, initializers and annotations that no output depends on', () => {
    const before: Graph = {
      ...graphOf({
        inputs: { x: [1, 3] },
        initializers: { used: floats([], [1]), unused: floats([], [2]), chained: floats([], [3]) },
        nodes: [
          node('a', 'Add', ['x', 'used']),
          node('dead', 'Mul', ['x', 'chained']),
          node('deader', 'Relu', ['dead']),
          node('y', 'Relu', ['a']),
        ],
        outputs: ['y'],
      }),
      valueInfo: new Map(['a', 'dead', 'long gone'].map(name => [name, valueInfo(name, [1, 3])])),
    }
    const { graph, changed } = removeDeadCode.run(before)
    expect(textOf(graph)).toEqual(['a = Add(x, used)', 'y = Relu(a)'])
    expect([...graph.initializers.keys()]).toEqual(['used'])
    expect([...graph.valueInfo.keys()]).toEqual(['a'])
    expect(changed).toBe(2 + 2 + 2)
  })

  it('keeps inputs that nobody reads, and nodes of which one output is read', () => {
    const before = graphOf({
      inputs: { x: [4], spare: [1] },
      nodes: [node('low high', 'Split', ['x'], { num_outputs: 2 })],
      outputs: ['high'],
    })
    expect(removeDeadCode.run(before)).toEqual({ graph: before, changed: 0 })
  })

  it('keeps what a body captures, unless the body needs it no longer', () => {
    const branch = (nodes: ReturnType<typeof node>[]) => ({
      kind: 'graph' as const,
      value: graphOf({ nodes, outputs: ['z'] }),
    })
    const before = graphOf({
      inputs: { x: [2], condition: ['bool', []] },
      nodes: [
        node('captured', 'Neg', ['x']),
        node('wasted', 'Abs', ['x']),
        node('y', 'If', ['condition'], {
          then_branch: branch([node('z', 'Relu', ['captured']), node('dead', 'Sqrt', ['wasted'])]),
          else_branch: branch([node('z', 'Identity', ['x'])]),
        }),
      ],
      outputs: ['y'],
    })
    const { graph, changed } = removeDeadCode.run(before)
    expect(textOf(graph)).toEqual([
      'captured = Neg(x)',
      'y = If(condition) {then_branch=[z = Relu(captured)] else_branch=[z = Identity(x)]}',
    ])
    expect(changed).toBe(2)
  })
})
