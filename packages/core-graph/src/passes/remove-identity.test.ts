import { describe, expect, it } from 'vitest'
import { tensorOf } from '../tensor.ts'
import { expectSameOutputs } from '../testing/expect-same-outputs.ts'
import { floats, graphOf, ints, node, textOf } from '../testing/graph-of.ts'
import { removeIdentity } from './remove-identity.ts'

const isTraining = (value: number) => tensorOf('bool', [], [value])

describe('remove-identity', () => {
  it('bypasses nodes that hand their input on', async () => {
    const before = graphOf({
      inputs: { x: [2, 3] },
      initializers: { ratio: floats([], [0.5]), training: isTraining(0) },
      nodes: [
        node('a', 'Identity', ['x']),
        node('b', 'Cast', ['a'], { to: 1 }),
        node('c mask', 'Dropout', ['b', 'ratio', 'training']),
        node('d', 'Concat', ['c'], { axis: 1 }),
        node('e', 'Sum', ['d']),
        node('f', 'CastLike', ['e', 'ratio']),
        node('y', 'Add', ['f', 'a']),
      ],
      outputs: ['y'],
    })
    const { graph, changed, refusals } = removeIdentity.run(before)
    expect(textOf(graph)).toEqual(['y = Add(x, x)'])
    expect({ changed, refusals }).toEqual({ changed: 6, refusals: [] })
    await expectSameOutputs(before, graph)
  })

  it('reads no tensor for its type alone', async () => {
    const before = graphOf({
      inputs: { x: [3] },
      initializers: { count: ints(7) },
      nodes: [node('like', 'Relu', ['x']), node('c', 'CastLike', ['count', 'like']), node('y', 'Mul', ['x', 'c'])],
      outputs: ['y'],
    })
    const { graph, changed } = removeIdentity.run(before)
    expect(textOf(graph)).toEqual(['like = Relu(x)', 'c = Cast(count) {to=1}', 'y = Mul(x, c)'])
    expect(changed).toBe(1)
    await expectSameOutputs(before, graph)
  })

  it('gives the name of an output to the node before', async () => {
    const before = graphOf({
      inputs: { x: [3] },
      nodes: [node('h', 'Relu', ['x']), node('y', 'Identity', ['h']), node('z', 'Neg', ['h'])],
      outputs: ['y', 'z'],
    })
    const { graph } = removeIdentity.run(before)
    expect(textOf(graph)).toEqual(['y = Relu(x)', 'z = Neg(y)'])
    await expectSameOutputs(before, graph)
  })

  it('keeps what names an output that nothing else can name', async () => {
    const before = graphOf({
      inputs: { x: [3] },
      initializers: { c: floats([2], [1, 2]) },
      nodes: [
        node('passed', 'Identity', ['x']),
        node('constant', 'Identity', ['c']),
        node('h', 'Relu', ['x']),
        node('twice', 'Identity', ['h']),
        node('thrice', 'Identity', ['h']),
        node('again', 'Identity', ['thrice']),
      ],
      outputs: ['passed', 'constant', 'h', 'twice', 'again'],
    })
    const { graph, refusals = [] } = removeIdentity.run(before)
    expect(textOf(graph)).toEqual([
      'passed = Identity(x)',
      'constant = Identity(c)',
      'h = Relu(x)',
      'twice = Identity(h)',
      'again = Identity(h)',
    ])
    expect(new Set(refusals.map(({ reason }) => reason))).toEqual(
      new Set(['it gives an output its name, and its input needs its own']),
    )
    await expectSameOutputs(before, graph)
  })

  it('gives a value that two identities make outputs of to the first', async () => {
    const before = graphOf({
      inputs: { x: [3] },
      nodes: [node('h', 'Relu', ['x']), node('y', 'Identity', ['h']), node('z', 'Identity', ['h'])],
      outputs: ['y', 'z'],
    })
    const { graph } = removeIdentity.run(before)
    expect(textOf(graph)).toEqual(['y = Relu(x)', 'z = Identity(y)'])
    await expectSameOutputs(before, graph)
  })

  it('keeps a Dropout in training, or whose mask is read, and a Cast to another type', () => {
    const before = graphOf({
      inputs: { x: [3] },
      initializers: { ratio: floats([], [0.5]), training: isTraining(1) },
      nodes: [
        node('a', 'Dropout', ['x', 'ratio', 'training']),
        node('b mask', 'Dropout', ['a']),
        node('c', 'Cast', ['b'], { to: 7 }),
      ],
      outputs: ['c', 'mask'],
    })
    expect(removeIdentity.run(before)).toEqual({
      graph: before,
      changed: 0,
      refusals: [{ node: 'Dropout:b', reason: 'its mask is read' }],
    })
  })

  it('reaches into bodies, and leaves a body whose output is a value from around it', async () => {
    const branch = (nodes: ReturnType<typeof node>[]) => ({
      kind: 'graph' as const,
      value: graphOf({ nodes, outputs: ['z'] }),
    })
    const before = graphOf({
      inputs: { x: [2], condition: ['bool', []] },
      nodes: [
        node('h', 'Identity', ['x']),
        node('y', 'If', ['condition'], {
          then_branch: branch([node('a', 'Identity', ['h']), node('b', 'Neg', ['a']), node('z', 'Identity', ['b'])]),
          else_branch: branch([node('z', 'Identity', ['h'])]),
        }),
      ],
      outputs: ['y'],
    })
    const { graph } = removeIdentity.run(before)
    expect(textOf(graph)).toEqual(['y = If(condition) {then_branch=[z = Neg(x)] else_branch=[z = Identity(x)]}'])
    const condition = { dataType: 'bool', dims: [], data: Uint8Array.of(1) } as const
    const x = { dataType: 'float32', dims: [2], data: Float32Array.of(1, -2) } as const
    await expectSameOutputs(before, graph, { feeds: { x, condition } })
  })
})
