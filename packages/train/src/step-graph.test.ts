import { createBuilder, type Graph, tensorOf } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, it } from 'vitest'
import { stepGraph } from './step-graph.ts'
import { runSteps } from './testing/run-steps.ts'
import { trainOptions } from './train-options.ts'
import { decays, trainableParameters } from './trained-parameters.ts'

const floats = (values: readonly number[], ...dims: number[]) => tensorOf('float32', dims, Float32Array.from(values))

/** Runs steps on one batch, with nothing but what the options say. */
async function run(
  model: Graph,
  { x, labels }: { x: readonly number[]; labels: readonly number[] },
  options: { steps: number; learningRate: number; momentum?: number; weightDecay?: number; labelSmoothing?: number },
) {
  const { steps, learningRate, momentum = 0, weightDecay = 0, labelSmoothing = 0 } = options
  const { results, ...ran } = await runSteps(
    model,
    Array(steps).fill({ inputs: { [model.inputs[0]?.name ?? '']: x }, labels }),
    {
      options: { optimizer: { momentum, weightDecay }, labelSmoothing },
      learningRate,
    },
  )
  return { ...ran, losses: results.map(({ loss }) => loss), rights: results.map(({ right }) => right) }
}

/** logits = x·W + b with x:[N,2] and two classes; all zeros at first, so that every class has the probability ½. */
function linear(): Graph {
  const b = createBuilder('linear')
  const x = b.input('x', 'float32', ['N', 2])
  b.output(b.Gemm(x, b.initializer('W', floats([0, 0, 0, 0], 2, 2)), b.initializer('b', floats([0, 0], 2))))
  return b.build()
}

describe('a training step', () => {
  it('descends along the gradient of the mean cross-entropy: dlogits = (softmax − one-hot) / N', async () => {
    const { value, losses, rights } = await run(
      linear(),
      { x: [1, 2, 3, 4], labels: [0, 1] },
      { steps: 1, learningRate: 1 },
    )
    expect(losses[0]).toBeCloseTo(Math.log(2), 6)
    // A tie counts as right.
    expect(rights).toEqual([2])
    // dlogits = [[−¼, ¼], [¼, −¼]]; dW = xᵀ·dlogits = [[½, −½], [½, −½]]; db = 0.
    expect(value('W', 1)).toEqual([-0.5, 0.5, -0.5, 0.5])
    expect(value('b', 1)).toEqual([0, 0])
  })

  it('smooths labels: the targets are 1 − ε + ε/K and ε/K', async () => {
    const options = { steps: 1, learningRate: 1, labelSmoothing: 0.4 }
    const { value } = await run(linear(), { x: [1, 0], labels: [0] }, options)
    // dlogits = [½ − 0.8, ½ − 0.2]
    expect(value('b', 1)[0]).toBeCloseTo(0.3, 6)
    expect(value('b', 1)[1]).toBeCloseTo(-0.3, 6)
  })

  it.each([
    { accumulate: 1, average: undefined },
    { accumulate: 2, average: undefined },
    { accumulate: 1, average: 0.9 },
  ])('takes a part of the gradient of tensors that say so: $accumulate, $average', async ({ accumulate, average }) => {
    const batch = { inputs: { x: [1, 2, 3, 4] }, labels: [0, 1] }
    const { value } = await runSteps(linear(), Array(accumulate).fill(batch), {
      options: { accumulate, average },
      learningRate: 1,
      additions: { trainable: [{ name: 'W', gradientScale: 0.25 }, 'b'] },
    })
    expect(value('W', accumulate)).toEqual([-0.125, 0.125, -0.125, 0.125])
    expect(value('b', accumulate)).toEqual([0, 0])
  })

  it('keeps a velocity, and decays matrices but not vectors', async () => {
    const b = createBuilder('even')
    const x = b.input('x', 'float32', ['N', 1])
    b.output(b.Gemm(x, b.initializer('W', floats([1, 1], 1, 2)), b.initializer('b', floats([1, 1], 2))))
    const options = { steps: 2, learningRate: 0.5, momentum: 0.9, weightDecay: 0.1 }
    const { value } = await run(b.build(), { x: [0, 0], labels: [0, 1] }, options)
    // There is no gradient, of either: what is left is momentum and decay.
    // v₁ = 0.1·1, w₁ = 1 − 0.5·0.1; v₂ = 0.9·0.1 + 0.1·0.95, w₂ = 0.95 − 0.5·0.185
    expect(value('W', 1)[0]).toBeCloseTo(0.95, 6)
    expect(value('velocity/W', 2)[0]).toBeCloseTo(0.185, 6)
    expect(value('W', 2)[0]).toBeCloseTo(0.8575, 6)
    expect(value('b', 2)).toEqual([1, 1])
  })

  it.each([
    { momentum: 0.9, given: {} },
    { momentum: 0.9, given: { momentum: Math.fround(0.9) } },
    { momentum: 0.75, given: { momentum: 0.75 } },
  ])(
    'keeps running averages: $momentum of the old, the rest of the batch’s mean and unbiased variance',
    async ({ momentum, given }) => {
      const b = createBuilder('norm')
      const x = b.input('x', 'float32', ['N', 1, 2])
      const [one, zero] = [floats([1], 1), floats([0], 1)]
      const statistics = [b.initializer('mean', floats([10], 1)), b.initializer('variance', floats([20], 1))] as const
      const y = b.BatchNormalization(x, b.initializer('scale', one), b.initializer('shift', zero), ...statistics, given)
      b.output(b.Flatten(y))
      const { value } = await run(b.build(), { x: [1, 2, 3, 6], labels: [0, 1] }, { steps: 1, learningRate: 0 })
      // Mean 3; Σ(x − 3)² = 14, over 4 − 1 elements.
      expect(value('mean', 1)[0]).toBeCloseTo(10 * momentum + 3 * (1 - momentum), 5)
      expect(value('variance', 1)[0]).toBeCloseTo(20 * momentum + (14 / 3) * (1 - momentum), 5)
      // What the step was given is as it was: onnxruntime's kernel would write over it.
      expect(value('mean', 0)).toEqual([10])
      expect(value('variance', 0)).toEqual([20])
    },
  )

  it('survives a channel that is constant', async () => {
    const b = createBuilder('constant')
    const x = b.input('x', 'float32', ['N', 1, 2])
    const vector = (name: string, value: number) => b.initializer(name, floats([value], 1))
    const y = b.BatchNormalization(x, vector('scale', 1), vector('shift', 0), vector('mean', 0), vector('variance', 1))
    b.output(b.Flatten(y))
    const { value, losses } = await run(
      b.build(),
      { x: [1e4, 1e4, 1e4, 1e4], labels: [0, 1] },
      { steps: 2, learningRate: 0.1 },
    )
    expect(losses[1]).toBeCloseTo(Math.log(2), 4)
    expect(value('scale', 2).every(Number.isFinite)).toBe(true)
  })

  it('does not take labels that the model has no class for', async () => {
    await expect(run(linear(), { x: [1, 2], labels: [2] }, { steps: 1, learningRate: 1 })).rejects.toMatchObject({
      code: 'DATA_LABELS',
      message: 'A sample has the class 2; the model has the classes 0 to 1.',
    })
  })
})

describe('a step of each model that Pare makes', () => {
  const shared = { input: [1, 64, 64] as [number, number, number], classes: 3, width: 0.25 }
  it.each([
    createModel('mobilenet-v1', shared),
    createModel('mobilenet-v2', shared),
    createModel('resnet', { ...shared, depth: 8 }),
    createModel('resnet', { ...shared, depth: 50, width: 0.125 }),
  ])('changes every parameter: $name', async model => {
    const x = Array.from({ length: 4 * 64 * 64 }, (_, place) => Math.sin(place * place))
    const { value, losses, step } = await run(model, { x, labels: [0, 1, 2, 1] }, { steps: 1, learningRate: 0.1 })
    expect(losses[0]).toBeGreaterThan(0)
    const same = [...step.state].filter(
      ([name, { ofModel }]) => ofModel && value(name, 0).every((element, place) => element === value(name, 1)[place]),
    )
    expect(same).toEqual([])
  })
})

describe('what is trained', () => {
  it('is weights, biases, scales and shifts; running statistics are not', () => {
    const names = trainableParameters(createModel('mobilenet-v2', { width: 0.25, classes: 10 }))
    const kinds = new Set(names.map(name => name.split('/').at(-1)))
    expect(kinds).toEqual(new Set(['weight', 'scale', 'shift', 'bias']))
  })

  it('is a bias that an Add adds, but no single number', () => {
    const b = createBuilder('add')
    const x = b.input('x', 'float32', ['N', 2])
    const product = b.MatMul(x, b.initializer('W', floats([1, 2, 3, 4], 2, 2)))
    b.output(b.Add(b.Add(product, b.initializer('bias', floats([1, 2], 2))), b.scalar(1)))
    expect(trainableParameters(b.build())).toEqual(['W', 'bias'])
  })

  it('is a scale that a Mul multiplies by, but not that of attention, which is one number in a list', () => {
    const b = createBuilder('mul')
    const scaled = b.Mul(b.input('x', 'float32', ['N', 2]), b.initializer('gain', floats([1, 2], 2)))
    b.output(b.Mul(scaled, b.initializer('scale', floats([0.25], 1))))
    expect(trainableParameters(b.build())).toEqual(['gain'])
  })

  it('is decayed unless it is a vector, in whatever rank that is written to be broadcast', () => {
    const b = createBuilder('decayed')
    const ones = (name: string, ...dims: number[]) =>
      b.initializer(name, tensorOf('float32', dims, Array(dims.reduce((product, size) => product * size, 1)).fill(1)))
    const shifted = b.Add(
      b.Conv(b.input('x', 'float32', ['N', 1, 4, 4]), ones('kernel', 3, 1, 1, 1)),
      ones('shift', 1, 3, 1, 1),
    )
    const curved = b.PRelu(b.Mul(shifted, ones('scale', 3, 1, 1)), ones('slope', 3, 1, 1))
    const placed = b.Add(b.Reshape(curved, b.ints(0, 3, -1)), ones('position', 1, 3, 16))
    b.output(b.Gemm(b.ReduceMean(placed, b.ints(1), { keepdims: 0 }), ones('column', 16, 1), ones('bias', 1)))
    const graph = b.build()
    expect(trainableParameters(graph).filter(name => decays(graph, name))).toEqual(['kernel', 'position', 'column'])
    expect(trainableParameters(graph).filter(name => !decays(graph, name))).toEqual(['shift', 'scale', 'slope', 'bias'])
  })

  it('must be something', () => {
    const b = createBuilder('fixed')
    b.output(b.Relu(b.input('x', 'float32', [2, 2])))
    expect(() => stepGraph(b.build(), trainOptions.parse({}))).toThrow('The model fixed has no weights')
  })

  it('must know each of its operators', () => {
    const b = createBuilder('custom')
    const product = b.MatMul(b.input('x', 'float32', [2, 2]), b.initializer('W', floats([1, 2, 3, 4], 2, 2)))
    const types = [{ dataType: 'float32', shape: [2, 2] }] as const
    const [y] = b.scope('head', () => b.node('Gelu', [product], {}, { domain: 'com.microsoft', outputTypes: types }))
    if (y) b.output(y)
    expect(() => stepGraph(b.build(), trainOptions.parse({}))).toThrow(
      expect.objectContaining({
        code: 'MODEL_GRADIENT',
        message: 'Node head/Gelu (Gelu) cannot be differentiated: no shape rule for com.microsoft.Gelu.',
      }),
    )
  })

  it('must be a classifier', () => {
    const b = createBuilder('image')
    b.output(b.Conv(b.input('x', 'float32', [2, 1, 4, 4]), b.initializer('W', floats([1], 1, 1, 1, 1))))
    expect(() => stepGraph(b.build(), trainOptions.parse({}))).toThrow(
      'The model image is no classifier: it must have one output [N, classes].',
    )
  })
})
