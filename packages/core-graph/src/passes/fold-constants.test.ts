import { describe, expect, it } from 'vitest'
import { tensorElements, tensorNumbers, tensorOf } from '../tensor.ts'
import { expectSameOutputs } from '../testing/expect-same-outputs.ts'
import { floats, graphOf, ints, node, textOf } from '../testing/graph-of.ts'
import { foldConstants } from './fold-constants.ts'

describe('fold-constants', () => {
  it('makes Constant nodes initializers', async () => {
    const before = graphOf({
      inputs: { x: [2] },
      nodes: [
        node('c', 'Constant', [], { value: { kind: 'tensor', value: floats([2], [1, 2]) } }),
        node('y', 'Add', ['x', 'c']),
      ],
      outputs: ['y'],
    })
    const { graph, changed } = foldConstants.run(before)
    expect(textOf(graph)).toEqual(['y = Add(x, c)'])
    expect(changed).toBe(1)
    await expectSameOutputs(before, graph)
  })

  it('computes the shape of a flattening by hand, as exporters write it', async () => {
    const before = graphOf({
      inputs: { x: [2, 3, 4, 5] },
      initializers: { zero: ints(0), one: ints(1), first: ints(0), minusOne: ints(-1), axis: ints(0) },
      nodes: [
        node('shape', 'Shape', ['x']),
        node('sliced', 'Slice', ['shape', 'zero', 'one']),
        node('batch', 'Squeeze', ['sliced', 'axis']),
        node('back', 'Unsqueeze', ['batch', 'axis']),
        node('target', 'Concat', ['back', 'minusOne'], { axis: 0 }),
        node('y', 'Reshape', ['x', 'target']),
      ],
      outputs: ['y'],
    })
    const { graph } = foldConstants.run(before)
    expect(textOf(graph)).toEqual(['y = Reshape(x, target)'])
    expect(tensorNumbers(graph.initializers.get('target') ?? ints())).toEqual([2, -1])
    await expectSameOutputs(before, graph)
  })

  it('folds the part of a symbolic shape that is known, and nothing that hangs on the symbol', () => {
    const before = graphOf({
      inputs: { x: ['N', 3, 8, 8] },
      initializers: { batch: ints(0), height: ints(2) },
      nodes: [
        node('shape', 'Shape', ['x']),
        node('n', 'Gather', ['shape', 'batch']),
        node('h', 'Gather', ['shape', 'height']),
        node('target', 'Concat', ['n', 'h', 'h'], { axis: 0 }),
        node('y', 'Expand', ['x', 'target']),
      ],
      outputs: ['y'],
    })
    const { graph } = foldConstants.run(before)
    expect(textOf(graph)).toEqual([
      'shape = Shape(x)',
      'n = Gather(shape, batch)',
      'target = Concat(n, h, h) {axis=0}',
      'y = Expand(x, target)',
    ])
    expect(tensorNumbers(graph.initializers.get('h') ?? ints())).toEqual([8])
  })

  it('transposes a weight that one node reads, and not one that several do', () => {
    const weight = floats([40, 20], Array(800).fill(0.5))
    const nodes = [node('t', 'Transpose', ['w']), node('y', 'MatMul', ['x', 't'])]
    const alone = graphOf({ inputs: { x: [1, 20] }, initializers: { w: weight }, nodes, outputs: ['y'] })
    expect(textOf(foldConstants.run(alone).graph)).toEqual(['y = MatMul(x, t)'])

    const shared = graphOf({
      inputs: { x: [1, 20], i: ['int64', [1]] },
      initializers: { w: weight },
      nodes: [...nodes, node('row', 'Gather', ['w', 'i'])],
      outputs: ['y', 'row'],
    })
    expect(foldConstants.run(shared)).toEqual({
      graph: shared,
      changed: 0,
      refusals: [{ node: 'Transpose:t', reason: 'its value of 3200 bytes would make the file larger' }],
    })
  })

  it('does not write a large constant out', () => {
    const before = graphOf({
      inputs: { x: [300] },
      initializers: { size: ints(300), small: ints(3) },
      nodes: [
        node('large', 'ConstantOfShape', ['size']),
        node('tiny', 'ConstantOfShape', ['small']),
        node('y', 'Add', ['x', 'large']),
        node('z', 'Neg', ['tiny']),
        node('w', 'Relu', ['z']),
      ],
      outputs: ['y', 'w'],
    })
    expect(textOf(foldConstants.run(before).graph)).toEqual([
      'large = ConstantOfShape(size)',
      'y = Add(x, large)',
      'w = Relu(z)',
    ])
  })

  it('does not even compute what would take terabytes, also where its shape is computed', () => {
    const before = graphOf({
      initializers: { million: ints(2 ** 20), one: floats([1], [1]), zero: tensorOf('int64', [], [0]) },
      nodes: [
        node('square', 'Mul', ['million', 'million']),
        node('filled', 'ConstantOfShape', ['square']),
        node('repeated', 'Expand', ['one', 'square']),
        node('y', 'ReduceMax', ['filled']),
        node('z', 'ReduceMax', ['repeated']),
      ],
      outputs: ['y', 'z'],
    })
    const { graph, refusals = [] } = foldConstants.run(before)
    expect(textOf(graph)[0]).toBe('filled = ConstantOfShape(square)')
    expect(refusals.map(({ node: name }) => name)).toEqual(['ConstantOfShape:filled', 'Expand:repeated'])
    expect(refusals[0]?.reason).toBe(`its value of ${2 ** 42} bytes would make the file larger`)
  })

  it('is exact beyond 2^53', () => {
    const large = tensorOf('int64', [1], BigInt64Array.of(2n ** 53n + 1n))
    const before = graphOf({
      inputs: { x: ['int64', [2]] },
      initializers: { large, largest: tensorOf('int64', [1], BigInt64Array.of(2n ** 63n - 1n)) },
      nodes: [node('joined', 'Concat', ['large', 'largest'], { axis: 0 }), node('y', 'Add', ['x', 'joined'])],
      outputs: ['y'],
    })
    const joined = foldConstants.run(before).graph.initializers.get('joined')
    expect(joined && [...tensorElements(joined)]).toEqual([2n ** 53n + 1n, 2n ** 63n - 1n])
  })

  it('leaves an output of the model to its node', () => {
    const before = graphOf({
      initializers: { a: ints(1), b: ints(2) },
      nodes: [node('y', 'Add', ['a', 'b'])],
      outputs: ['y'],
    })
    expect(foldConstants.run(before).refusals).toEqual([
      { node: 'Add:y', reason: 'its value is an output of the model' },
    ])
  })

  it('leaves what only a runtime can say: a division by zero', () => {
    const before = graphOf({
      initializers: { a: ints(1), b: ints(0) },
      nodes: [node('h', 'Div', ['a', 'b']), node('y', 'Neg', ['h'])],
      outputs: ['y'],
    })
    expect(foldConstants.run(before).changed).toBe(0)
  })
})
