import {
  createBuilder,
  createRandom,
  type Graph,
  randomNormal,
  type Shape,
  tensorNumbers,
  type Value,
} from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { gradientOf, gradients } from './autodiff.ts'
import { runOnce } from './testing/differentiate-case.ts'
import { interpret } from './testing/interpret.ts'
import type { Nd } from './testing/nd.ts'
import { network, transformer } from './testing/small-networks.ts'
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

  it('names a few of many parameters that would be frozen', () => {
    const b = createBuilder('deep')
    const weights = Array.from({ length: 7 }, (_, place) => b.input(`weight${place}`, 'float32', [3]))
    const product = weights.reduce((total, weight) => b.Mul(total, weight))
    const after = b.input('after', 'float32', [3])
    const loss = b.ReduceSum(b.Mul(b.Floor(product), after), undefined, { keepdims: 0 })
    b.output(loss)
    const names = [...weights, after].map(({ name }) => name)
    expect(() => gradients(b.build(), loss.name, names)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('weight0, weight1, weight2, weight3 and 3 others.') }),
    )
    expect(gradients(b.build(), loss.name, ['after']).gradients.size).toBe(1)
  })

  it('refuses a loss that is made of the second output of a node', () => {
    const { graph, loss } = lossGraph([2, 3], (b, x) => {
      const [, mean = x] = b.node(
        'LayerNormalization',
        [x, b.constant('float32', [3], [1, 1, 1])],
        {},
        { outputCount: 2 },
      )
      return b.ReduceSum(mean, undefined, { keepdims: 0 })
    })
    expect(() => gradients(graph, loss, ['x'])).toThrow('gives no gradient to its output LayerNormalization:1')
  })

  it('sees what a branch of If takes from around it', () => {
    const { graph, loss } = lossGraph([], (b, x) => {
      const branch = createBuilder('branch')
      branch.output(branch.node('Exp', [x], {}, { outputTypes: [{ dataType: 'float32', shape: [] }] })[0] ?? x)
      const { nodes, outputs, inputs, initializers, valueInfo } = branch.build()
      const body = { name: 'branch', nodes, outputs, inputs, initializers, valueInfo }
      const [y = x] = b.node(
        'If',
        [b.constant('bool', [], [1])],
        { then_branch: body, else_branch: body },
        { outputCount: 1 },
      )
      return b.Mul(y, x)
    })
    expect(() => gradients(graph, loss, ['x'])).toThrow('Node If (If) has no gradient rule.')
  })

  it('is 0, not NaN, where a number to the power of 0 is 0, and where a norm is', async () => {
    const powers = lossGraph([3], (b, x) =>
      b.ReduceSum(b.Pow(x, b.constant('float32', [3], [0, 1, 3])), undefined, { keepdims: 0 }),
    )
    expect(await gradientAt(powers, [0, 0, 2])).toEqual([0, 1, 12])
    const exponents = lossGraph([3], (b, x) =>
      b.ReduceSum(b.Pow(b.constant('float32', [3], [-2, 0, 0.25]), x), undefined, { keepdims: 0 }),
    )
    expect(await gradientAt(exponents, [2, 2, 2])).toEqual([0, 0, expect.closeTo(Math.log(0.25) / 16, 6)])
    expect(
      await gradientAt(
        lossGraph([2], (b, x) => b.ReduceL2(x, undefined, { keepdims: 0 })),
        [0, 0],
      ),
    ).toEqual([0, 0])
  })

  it('gives the first of equal inputs the gradient of Max, and equal elements their share of that of ReduceMax', async () => {
    const twice = lossGraph([2], (b, x) => b.ReduceSum(b.Max([x, x]), undefined, { keepdims: 0 }))
    expect(await gradientAt(twice, [1, 2])).toEqual([1, 1])
    const largest = lossGraph([4], (b, x) => b.ReduceMax(x, undefined, { keepdims: 0 }))
    expect(await gradientAt(largest, [3, 1, 3, 2])).toEqual([0.5, 0, 0.5, 0])
  })

  it('keeps to the elements that Dropout kept in training', async () => {
    const dropped = lossGraph([64], (b, x) => {
      const [kept = x] = b.node(
        'Dropout',
        [x, b.scalar(0.75), b.constant('bool', [], [1])],
        { seed: 3 },
        { outputCount: 2 },
      )
      return b.ReduceSum(b.Mul(kept, kept), undefined, { keepdims: 0 })
    })
    // y = 4·x where kept and 0 elsewhere: dL/dx = 2·y·4.
    const gradient = await gradientAt(dropped, Array(64).fill(1))
    expect(new Set(gradient)).toEqual(new Set([0, 32]))
  })

  it('takes nothing that an object inherits for a gradient rule', () => {
    for (const op of Object.getOwnPropertyNames(Object.prototype))
      expect(gradientOf({ op, domain: '' })).toBeUndefined()
  })

  it('says which input of a node has none: the bounds of Clip', () => {
    const { graph, loss } = lossGraph([], (b, x) => b.Clip(b.scalar(3), undefined, x))
    expect(() => gradients(graph, loss, ['x'])).toThrow('has no gradient for its input max')
  })

  it('refuses a loss that is no scalar', () => {
    const { graph } = lossGraph([3], (b, x) => b.Exp(x))
    expect(() => gradients(graph, 'Exp:0', ['x'])).toThrow('A loss is one number [], but Exp:0 is a tensor [3].')
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

describe('the gradient of a whole network', () => {
  it.each([
    { name: 'of convolutions', make: network, parameters: 11 },
    { name: 'of attention', make: transformer, parameters: 17 },
  ])('$name is that of central differences in float64, in a sample of every parameter', async given => {
    const { graph, loss } = given.make()
    // All but the targets, which are a constant here.
    const names = trainableParameters(graph).filter(name => name.includes('/'))
    expect(names).toHaveLength(given.parameters)
    const random = createRandom(6)
    const x = { dims: [3, 2, 6, 6], data: Float64Array.from({ length: 216 }, () => Math.fround(randomNormal(random))) }
    const differentiated = gradients(graph, loss, names)
    const b = createBuilder(differentiated.graph)
    for (const name of differentiated.gradients.values()) b.output(b.value(name))
    const outputs = await runOnce(b.build(), {
      x: { dataType: 'float32', dims: x.dims, data: Float32Array.from(x.data) },
    })
    const interpreted = interpret(differentiated.graph, { x })
    for (const name of names) {
      const gradient = differentiated.gradients.get(name) ?? ''
      const actual = Array.from(outputs[gradient]?.data ?? [], Number)
      const exact = interpreted.get(gradient)?.data ?? []
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
        expect(Math.abs((exact[place] ?? 0) - expected) / largest, `${name}[${place}] in float64`).toBeLessThan(1e-7)
      }
    }
  })
})
