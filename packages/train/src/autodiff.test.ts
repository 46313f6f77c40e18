import {
  createBuilder,
  createRandom,
  type Graph,
  randomNormal,
  type Shape,
  tensorNumbers,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { gradientOf, gradients } from './autodiff.ts'
import { trainingForm } from './batch-norm-training.ts'
import { runOnce } from './testing/differentiate-case.ts'
import { interpret } from './testing/interpret.ts'
import type { Nd } from './testing/nd.ts'
import { trainableParameters } from './trained-parameters.ts'

/** A graph L(x) of one input, built by `make`. */
function lossGraph(
  shape: Shape,
  make: (b: ReturnType<typeof createBuilder>, x: Value) => Value,
): { graph: Graph; loss: string } {
  const b = createBuilder('loss')
  const loss = make(b, b.input('x', 'float32', shape))
  b.output(loss)
  return { graph: b.build(), loss: loss.name }
}

async function gradientAt({ graph, loss }: { graph: Graph; loss: string }, x: readonly number[]) {
  const differentiated = gradients(graph, loss, ['x'])
  const b = createBuilder(differentiated.graph)
  const name = differentiated.gradients.get('x') ?? ''
  b.output(b.value(name))
  const outputs = await runOnce(b.build(), { x: { dataType: 'float32', dims: [x.length], data: Float32Array.from(x) } })
  return Array.from(outputs[name]?.data ?? [], Number)
}

describe('gradients', () => {
  it('sums what comes back along every way: L = Σ x·x + x has the gradient 2x + 1', async () => {
    const loss = lossGraph([3], (b, x) => b.ReduceSum(b.Add(b.Mul(x, x), x), undefined, { keepdims: 0 }))
    expect(await gradientAt(loss, [1, -2, 0.5])).toEqual([3, -3, 2])
  })

  it('stops where a number becomes an integer: L = Σ x·[x > 1] has the gradient [x > 1]', async () => {
    const loss = lossGraph([3], (b, x) => {
      const mask = b.Cast(b.Greater(x, b.scalar(1)), { to: 1 })
      return b.ReduceSum(b.Mul(x, mask), undefined, { keepdims: 0 })
    })
    expect(await gradientAt(loss, [0, 2, 3])).toEqual([0, 1, 1])
  })

  it('adds nothing for values that are not asked for, and leaves the graph’s outputs as they are', () => {
    const { graph, loss } = network()
    const added = (names: readonly string[]) => {
      const after = gradients(graph, loss, names).graph
      expect(after.outputs).toEqual(graph.outputs)
      return after.nodes.slice(graph.nodes.length)
    }
    const ops = added(['classifier/weight']).map(node => node.op)
    expect(ops).not.toContain('Conv')
    expect(added(['stem/weight']).map(node => node.op)).toContain('Conv')
  })

  it('emits standard ONNX operators only, named after the node that they belong to', () => {
    const { graph, loss } = network()
    const added = gradients(graph, loss, trainableParameters(graph)).graph.nodes.slice(graph.nodes.length)
    expect(added.filter(node => node.domain !== '')).toEqual([])
    expect(added.map(node => node.name)).toContain('gradient/stem/Conv/ConvWeightGradient/Conv')
  })

  it('names the node and the operator that has no gradient', () => {
    const { graph, loss } = lossGraph([3], (b, x) =>
      b.ReduceSum(
        b.scope('head', () => b.Floor(x)),
        undefined,
        { keepdims: 0 },
      ),
    )
    expect(() => gradients(graph, loss, ['x'])).toThrow(
      expect.objectContaining({
        code: 'MODEL_GRADIENT',
        message: 'Node head/Floor (Floor) has no gradient rule.',
        hint: 'Freeze what is before it, which leaves these out of training: x. Or write the rule: one file in packages/train/src/gradients.',
        node: expect.objectContaining({ name: 'head/Floor', op: 'Floor' }),
      }),
    )
  })

  it('takes nothing that an object inherits for a gradient rule', () => {
    for (const op of Object.getOwnPropertyNames(Object.prototype))
      expect(gradientOf({ op, domain: '' })).toBeUndefined()
  })

  it('says which input of a node has none: the bounds of Clip', () => {
    const { graph, loss } = lossGraph([], (b, x) => b.Clip(b.scalar(3), undefined, x))
    expect(() => gradients(graph, loss, ['x'])).toThrow('has no gradient for its input max')
  })

  it('says that a loss does not depend on a value', () => {
    const { graph, loss } = lossGraph([2], (b, x) =>
      b.ReduceSum(b.Add(b.constant('float32', [2], [1, 2]), b.Cast(b.Cast(x, { to: 7 }), { to: 1 })), undefined, {
        keepdims: 0,
      }),
    )
    expect(() => gradients(graph, loss, ['x'])).toThrow('The loss does not depend on x')
  })
})

/** Convolutions of every kind with BatchNormalization in training form, a residual, a classifier. */
function network(): { graph: Graph; loss: string } {
  const b = createBuilder('network')
  const random = createRandom(5)
  const weight = (name: string, ...dims: number[]) => {
    const length = dims.reduce((product, size) => product * size, 1)
    return b.initializer(
      name,
      tensorOf(
        'float32',
        dims,
        Float32Array.from({ length }, () => 0.5 * randomNormal(random)),
      ),
    )
  }
  const norm = (name: string, x: Value, channels: number) =>
    b.BatchNormalization(
      x,
      weight(`${name}/scale`, channels),
      weight(`${name}/shift`, channels),
      b.initializer(`${name}/mean`, tensorOf('float32', [channels], new Float32Array(channels))),
      b.initializer(`${name}/variance`, tensorOf('float32', [channels], new Float32Array(channels).fill(1))),
    )
  const x = b.input('x', 'float32', [3, 2, 6, 6])
  const same = { pads: [1, 1, 1, 1] }
  const stem = b.scope('stem', () => b.Relu(norm('stem', b.Conv(x, weight('stem/weight', 4, 2, 3, 3), same), 4)))
  const depthwise = b.Conv(stem, weight('depthwise/weight', 4, 1, 3, 3), { ...same, group: 4, strides: [2, 2] })
  const middle = b.Clip(norm('depthwise', depthwise, 4), b.scalar(0), b.scalar(6))
  const pointwise = norm('pointwise', b.Conv(middle, weight('pointwise/weight', 4, 4, 1, 1)), 4)
  const features = b.Flatten(b.GlobalAveragePool(b.Add(pointwise, middle)))
  const logits = b.Gemm(features, weight('classifier/weight', 3, 4), weight('classifier/bias', 3), { transB: 1 })
  const targets = b.constant('float32', [3, 3], [1, 0, 0, 0, 0, 1, 0, 1, 0])
  const loss = b.Neg(b.ReduceSum(b.Mul(b.LogSoftmax(logits), targets), undefined, { keepdims: 0 }))
  b.output(loss)
  return { graph: trainingForm(b.build()).graph, loss: loss.name }
}

describe('the gradient of a whole network', () => {
  it('is that of central differences in float64, in a sample of every parameter', async () => {
    const { graph, loss } = network()
    // All but the targets, which are a constant here.
    const names = trainableParameters(graph).filter(name => name.includes('/'))
    expect(names).toHaveLength(11)
    const random = createRandom(6)
    const x = { dims: [3, 2, 6, 6], data: Float64Array.from({ length: 216 }, () => Math.fround(randomNormal(random))) }
    const differentiated = gradients(graph, loss, names)
    const b = createBuilder(differentiated.graph)
    for (const name of differentiated.gradients.values()) b.output(b.value(name))
    const outputs = await runOnce(b.build(), {
      x: { dataType: 'float32', dims: x.dims, data: Float32Array.from(x.data) },
    })
    for (const name of names) {
      const actual = Array.from(outputs[differentiated.gradients.get(name) ?? '']?.data ?? [], Number)
      const places = actual.map((_, place) => place).filter(place => place % Math.ceil(actual.length / 6) === 0)
      const tensor = graph.initializers.get(name)
      const parameter = { dims: tensor?.dims ?? [], data: Float64Array.from(tensor ? tensorNumbers(tensor) : []) }
      const lossAt = (changed: Nd) => interpret(graph, { x, [name]: changed }).get(loss)?.data[0] ?? Number.NaN
      const moved = (place: number, distance: number) =>
        lossAt({ ...parameter, data: parameter.data.with(place, (parameter.data[place] ?? 0) + distance) })
      const largest = Math.max(...actual.map(Math.abs))
      for (const place of places) {
        const expected = (moved(place, 1e-6) - moved(place, -1e-6)) / 2e-6
        expect(Math.abs((actual[place] ?? 0) - expected) / largest, `${name}[${place}]`).toBeLessThan(1e-4)
      }
    }
  })
})
