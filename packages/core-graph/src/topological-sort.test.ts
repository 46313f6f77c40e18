import { describe, expect, it } from 'vitest'
import { node } from './testing/graph-of.ts'
import { sortNodes } from './topological-sort.ts'

const namesOf = (nodes: readonly { readonly outputs: readonly string[] }[]) => nodes.map(({ outputs }) => outputs[0])

describe('sortNodes', () => {
  it('puts every node behind those that it reads', () => {
    const nodes = [
      node('d', 'Add', ['b', 'c']),
      node('b', 'Relu', ['a']),
      node('c', 'Neg', ['a']),
      node('a', 'Relu', ['x']),
    ]
    expect(namesOf(sortNodes(nodes, new Set(['x'])))).toEqual(['a', 'b', 'c', 'd'])
  })

  it('counts what a body takes from around it as read', () => {
    const value = {
      name: 'body',
      inputs: [],
      outputs: [],
      nodes: [node('inner', 'Neg', ['a'])],
      initializers: new Map(),
      valueInfo: new Map(),
    }
    const nodes = [node('y', 'If', ['x'], { then_branch: { kind: 'graph', value } }), node('a', 'Relu', ['x'])]
    expect(namesOf(sortNodes(nodes, new Set(['x'])))).toEqual(['a', 'y'])
  })

  it('leaves a list in order as it is', () => {
    const nodes = [node('a', 'Relu', ['x']), node('b', 'Relu', ['a'])]
    expect(sortNodes(nodes, new Set(['x']))).toBe(nodes)
  })

  it('names nodes of a cycle, and not those before it', () => {
    const nodes = [node('a', 'Relu', ['x']), node('b', 'Add', ['a', 'c']), node('c', 'Relu', ['b'])]
    expect(() => sortNodes(nodes, new Set(['x']))).toThrow(
      expect.objectContaining({
        code: 'MODEL_CYCLE',
        message: 'The graph has a cycle among 2 nodes, such as Add:b (Add), Relu:c (Relu).',
      }),
    )
  })
})
