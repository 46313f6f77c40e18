import { fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { ModelProtoSchema } from 'onnx-buf'
import { describe, expect, it } from 'vitest'
import { ModelError } from './errors.ts'
import type { Graph, Node } from './graph.ts'
import { loadModel } from './load.ts'
import { runPasses } from './pass.ts'
import { passes } from './passes/registry.ts'
import { saveModel } from './save.ts'
import { inferencePasses, simplify } from './simplify.ts'
import { expectSameOutputs } from './testing/expect-same-outputs.ts'
import { floats, graphOf, ints, node, textOf } from './testing/graph-of.ts'
import { upgradeOpset } from './upgrade-opset.ts'

describe('simplify', () => {
  it('turns an exporter’s block into one Conv', async () => {
    const before = graphOf({
      opset: 11,
      inputs: { x: [2, 2, 4, 4] },
      initializers: {
        w: floats([3, 2, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        gamma: floats([3], [1, 2, 3]),
        beta: floats([3], [0, 1, 2]),
        mean: floats([3], [0.5, 0.5, 0.5]),
        variance: floats([3], [1, 2, 3]),
        batch: ints(0),
      },
      nodes: [
        node('c', 'Conv', ['x', 'w']),
        node('i', 'Identity', ['c']),
        node('n', 'BatchNormalization', ['i', 'gamma', 'beta', 'mean', 'variance']),
        node('r', 'Relu', ['n']),
        node('d', 'Dropout', ['r'], { ratio: 0.5 }),
        node('shape', 'Shape', ['d']),
        node('rows', 'Gather', ['shape', 'batch']),
        node('rest', 'Constant', [], { value: { kind: 'tensor', value: ints(-1) } }),
        node('target', 'Concat', ['rows', 'rest'], { axis: 0 }),
        node('y', 'Reshape', ['d', 'target']),
      ],
      outputs: ['y'],
    })
    const { graph, reports } = simplify(before)
    expect(textOf(graph)).toEqual(['n = Conv(x, w, Conv:c/bias)', 'r = Relu(n)', 'y = Reshape(r, target)'])
    expect([...graph.initializers.keys()]).toEqual(['w', 'target', 'Conv:c/bias'])
    expect(reports.map(({ pass }) => pass)).toEqual(inferencePasses.map(({ id }) => id))
    await expectSameOutputs(before, graph, { tolerance: 1e-6 })
  })

  it('takes an old file that lists its initializers as inputs', async () => {
    const written = graphOf({
      opset: 7,
      inputs: { x: [1, 2, 3, 3], w: [2, 2, 1, 1], gamma: [2] },
      nodes: [
        node('c', 'Conv', ['x', 'w']),
        node('n', 'BatchNormalization', ['c', 'gamma', 'gamma', 'gamma', 'gamma'], { spatial: 1 }),
        node('y', 'Clip', ['n'], { max: 0.5 }),
      ],
      outputs: ['y'],
    })
    const constants = { w: floats([2, 2, 1, 1], [1, -2, 3, 0.5]), gamma: floats([2], [0.5, 2]) }
    const model = fromBinary(ModelProtoSchema, saveModel(written).model)
    const { initializer } = fromBinary(
      ModelProtoSchema,
      saveModel({ ...written, initializers: new Map(Object.entries(constants)) }).model,
    ).graph ?? { initializer: [] }
    model.irVersion = 3n
    model.graph?.initializer.push(...initializer)
    const before = loadModel(toBinary(ModelProtoSchema, model))
    const { graph } = simplify(before)
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x'])
    const reloaded = loadModel(saveModel(graph).model)
    expect(textOf(reloaded)).toEqual(['n = Conv(x, w, Conv:c/bias)', 'y = Clip(n, , Clip:y/max)'])
    await expectSameOutputs(before, reloaded, { tolerance: 1e-6 })
  })

  it('needs its order', () => {
    const graph = graphOf({ inputs: { x: [1] }, nodes: [node('y', 'Relu', ['x'])], outputs: ['y'] })
    expect(() => runPasses(graph, [passes['fold-batch-norm']])).toThrow(ModelError)
  })
})

/** How a random node of a random graph comes about: the operator, and what it reads among the values before it. */
const step = fc.record({
  op: fc.constantFrom(
    'Relu',
    'Neg',
    'Add',
    'Mul',
    'Identity',
    'Dropout',
    'Cast',
    'Concat',
    'Sum',
    'Constant',
    'Shape',
    'Norm',
  ),
  left: fc.nat(),
  right: fc.nat(),
})

/** Small graphs on values of shape [1, 2, 2], some of them constant, with 1 to 3 outputs, some of them at dead ends. */
const graphs: fc.Arbitrary<Graph> = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(), { minLength: 1, maxLength: 3 }))
  .map(([steps, picks]) => {
    const constant = floats([1, 2, 2], [1, -2, 3, 0.5])
    const values = ['x', 'k']
    const made: string[] = []
    const nodes: Node[] = []
    for (const [index, { op, left, right }] of steps.entries()) {
      const name = `v${index}`
      const a = values[left % values.length] ?? 'x'
      const b = values[right % values.length] ?? 'x'
      if (op === 'Shape') {
        nodes.push(node(`${name}s`, 'Shape', [a]), node(name, 'Expand', [b, `${name}s`]))
      } else if (op === 'Norm') {
        nodes.push(
          node(`${name}c`, 'Conv', [a, right % 2 ? 'w' : `w${index}`]),
          node(name, 'BatchNormalization', [`${name}c`, 'pair', 'pair', 'pair', 'pair']),
        )
      } else {
        const inputs =
          op === 'Constant'
            ? []
            : ['Add', 'Mul', 'Sum'].includes(op) && right % 3 > 0
              ? [a, b]
              : op === 'Add' || op === 'Mul'
                ? [a, a]
                : [a]
        const attributes = {
          ...(op === 'Cast' ? { to: 1 } : {}),
          ...(op === 'Concat' ? { axis: 0 } : {}),
          ...(op === 'Constant' ? { value: { kind: 'tensor' as const, value: constant } } : {}),
        }
        nodes.push(node(name, op, inputs, attributes))
      }
      values.push(name)
      made.push(name)
    }
    return graphOf({
      inputs: { x: [1, 2, 2] },
      initializers: {
        k: constant,
        w: floats([2, 2, 1], [1, 2, -1, 0.5]),
        pair: floats([2], [0.5, 2]),
        ...Object.fromEntries(
          steps.map((_, index) => [`w${index}`, floats([2, 2, 1], [1, index, -1, 1 / (index + 2)])]),
        ),
      },
      nodes,
      outputs: [...new Set(picks.map(pick => made[pick % made.length] ?? 'v0'))],
    })
  })

describe('every pass', () => {
  it.each(Object.values(passes))('$id keeps the outputs, and finds nothing to do a second time', async pass => {
    const isExact = pass.id !== 'fold-batch-norm'
    await fc.assert(
      fc.asyncProperty(graphs, async graph => {
        const ready = pass.id === 'fold-batch-norm' ? passes['fold-constants'].run(graph).graph : graph
        const { graph: after, changed } = pass.run(ready)
        expect(changed > 0).toBe(after !== ready)
        expect(after.inputs).toEqual(ready.inputs)
        expect(after.outputs).toEqual(ready.outputs)
        expect(pass.run(after)).toMatchObject({ changed: 0 })
        expect(pass.run(after).graph).toBe(after)
        await expectSameOutputs(ready, after, isExact ? {} : { tolerance: 1e-5 })
      }),
      { numRuns: 40 },
    )
  })

  it('all of them together keep the outputs', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async graph => {
        const { graph: after } = simplify(graph)
        await expectSameOutputs(graph, after, { tolerance: 1e-5 })
        expect(simplify(after).graph).toBe(after)
      }),
      { numRuns: 40 },
    )
  })

  it('upgrades a random graph of any older operator set to the same', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 12, max: 20 }), async (graph, opset) => {
        const old = { ...graph, opsets: new Map([['', opset]]) }
        await expectSameOutputs(old, upgradeOpset(old))
      }),
      { numRuns: 20 },
    )
  })
})
