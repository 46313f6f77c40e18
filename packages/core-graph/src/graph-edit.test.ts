import { describe, expect, it } from 'vitest'
import type { Attribute } from './graph.ts'
import { redirectReads, renameValues } from './graph-edit.ts'
import { removeIdentity } from './passes/remove-identity.ts'
import { floats, graphOf, node, textOf } from './testing/graph-of.ts'

type Parts = Parameters<typeof graphOf>[0]
const body = (parts: Parts): Attribute => ({ kind: 'graph', value: graphOf(parts) })

/** y = If(c, h) around a branch that reads h of the graph, and one that has an h of its own. */
const graph = graphOf({
  inputs: { x: [2], c: ['bool', []] },
  nodes: [
    node('h', 'Identity', ['x']),
    node('y', 'If', ['c'], {
      then_branch: body({ nodes: [node('t', 'Neg', ['h'])], outputs: ['t'] }),
      else_branch: body({ nodes: [node('h', 'Relu', ['x']), node('e', 'Neg', ['h'])], outputs: ['e'] }),
    }),
    node('z', 'Relu', ['h']),
  ],
  outputs: ['y', 'z'],
})

describe('a value that a body hides by one of its own is another value inside it', () => {
  it('when it is renamed', () => {
    expect(textOf(renameValues(graph, new Map([['h', 'hidden']])))).toEqual([
      'hidden = Identity(x)',
      'y = If(c) {then_branch=[t = Neg(hidden)] else_branch=[h = Relu(x); e = Neg(h)]}',
      'z = Relu(hidden)',
    ])
  })

  it('when its readers are given another', () => {
    expect(textOf({ nodes: redirectReads(graph.nodes, new Map([['h', 'x']])) })).toEqual([
      'h = Identity(x)',
      'y = If(c) {then_branch=[t = Neg(x)] else_branch=[h = Relu(x); e = Neg(h)]}',
      'z = Relu(x)',
    ])
  })

  it('when it is an initializer or an input of the body', () => {
    const loop = node('y', 'Loop', ['', '', 'x'], {
      body: body({
        inputs: { i: [], x: [2] },
        initializers: { w: floats([2], [1, 2]) },
        nodes: [node('s', 'Add', ['x', 'w']), node('t', 'Add', ['s', 'v'])],
        outputs: ['t'],
      }),
    })
    const names = new Map(['x', 'w', 'v'].map(name => [name, `${name}2`]))
    expect(textOf({ nodes: redirectReads([loop], names) })).toEqual([
      'y = Loop(, , x2) {body=[s = Add(x, w); t = Add(s, v2)]}',
    ])
  })
})

it('a Cast in a body is judged by the type of the body’s own value', () => {
  const casting = graphOf({
    inputs: { x: [2], c: ['bool', []] },
    nodes: [
      node('y', 'If', ['c'], {
        then_branch: body({
          nodes: [node('z', 'Cast', ['x'], { to: 7 }), node('f', 'Cast', ['z'], { to: 1 }), node('t', 'Neg', ['f'])],
          outputs: ['t'],
        }),
        else_branch: body({ nodes: [node('e', 'Neg', ['x'])], outputs: ['e'] }),
      }),
      node('z', 'Relu', ['x']),
    ],
    outputs: ['y', 'z'],
  })
  expect(removeIdentity.run(casting).changed).toBe(0)
})

it('an identity stays where the value before it is hidden in a body', () => {
  const hiding = graphOf({
    inputs: { x: [2], c: ['bool', []] },
    nodes: [
      node('h', 'Identity', ['x']),
      node('y', 'If', ['c'], {
        then_branch: body({ nodes: [node('x', 'Constant', []), node('t', 'Add', ['x', 'h'])], outputs: ['t'] }),
        else_branch: body({ nodes: [node('e', 'Neg', ['h'])], outputs: ['e'] }),
      }),
    ],
    outputs: ['y'],
  })
  expect(removeIdentity.run(hiding)).toEqual({
    graph: hiding,
    changed: 0,
    refusals: [{ node: 'Identity:h', reason: 'a body has a value of the same name' }],
  })
})
