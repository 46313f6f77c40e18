import { createBuilder, createRandom, type Graph, randomNormal, type TensorMap, tensorOf } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../autodiff.ts'
import { trainingForm } from '../batch-norm-training.ts'
import { expandComposites } from '../composites/expand-composites.ts'
import { initialState, prepared, type State, withBatchSize } from '../model-state.ts'
import { runStep } from '../run-step.ts'
import { type StepGraph, stepGraph } from '../step-graph.ts'
import { runOnce } from '../testing/differentiate-case.ts'
import { layerKinds, type RandomLayer, randomNetwork } from '../testing/random-network.ts'
import { trainOptions } from '../train-options.ts'
import { lower } from './lower.ts'
import { loweringFacts } from './probe.ts'

const facts = await loweringFacts(createExecutor({ threads: 1 }))

/** The graph of a network's loss, the gradients of its parameters and the running statistics, with composites. */
function trainingGraph({ graph, loss, parameters }: ReturnType<typeof randomNetwork>): Graph {
  const { graph: training, statistics } = trainingForm(graph)
  const used = parameters.filter(name => training.nodes.some(node => node.inputs.includes(name)))
  const { graph: whole, gradients } = differentiate(training, loss, used)
  const b = createBuilder(whole)
  for (const name of new Set(gradients.values())) b.output(b.value(name))
  for (const { batchMean, batchVariance } of statistics)
    for (const name of [batchMean, batchVariance]) b.output(b.value(name))
  return b.build()
}

const noise = (dims: readonly number[]) => {
  const random = createRandom(3)
  const data = Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () =>
    randomNormal(random),
  )
  return { dataType: 'float32' as const, dims, data }
}

/** As training runs a step: with every quantization where it stands. */
async function runExactly(graph: Graph, feeds: TensorMap): Promise<TensorMap> {
  await using session = await createExecutor({ threads: 1 }).open(graph, { fusesQuantization: false })
  return await session.run(feeds)
}

/**
 * The largest difference of any output, as a share of that output's largest number. An output that is small beside
 * others is measured by them: the gradient of a bias before BatchNormalization is 0 but for rounding.
 */
async function difference(graph: Graph, lowered: Graph, feeds: TensorMap): Promise<{ name: string; share: number }> {
  const [expected, actual] = [await runExactly(expandComposites(graph), feeds), await runExactly(lowered, feeds)]
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  const numbers = (map: TensorMap, name: string) => Array.from(map[name]?.data ?? [], Number)
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const all = largest(Object.keys(expected).map(name => largest(numbers(expected, name))))
  const shares = Object.keys(expected).map(name => {
    const [want, have] = [numbers(expected, name), numbers(actual, name)]
    expect(have.length, name).toBe(want.length)
    const off = want.map((value, place) => value - (have[place] ?? Number.NaN))
    return { name, share: off.some(Number.isNaN) ? Number.NaN : largest(off) / Math.max(largest(want), all / 20) }
  })
  return shares.reduce((worst, one) => (one.share <= worst.share ? worst : one), { name: '', share: 0 })
}

const layer = fc.record<RandomLayer>({
  kind: fc.constantFrom(...layerKinds),
  outputs: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(16, 32)),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  pad: fc.integer({ min: 0, max: 2 }),
  bias: fc.boolean(),
})

describe.skipIf(facts.block === undefined)('a lowered training graph', () => {
  it('gives the numbers of the plain one, whatever the network', async () => {
    const sizes = fc.tuple(
      fc.constantFrom(16, 32),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 3, max: 11 }),
      fc.integer({ min: 3, max: 11 }),
    )
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(layer, { minLength: 1, maxLength: 9 }),
        fc.constantFrom('Relu', 'Sigmoid', 'HardSwish', 'Clip'),
        async (shape, layers, activation) => {
          const network = randomNetwork(shape, layers, (b, x) =>
            activation === 'Clip' ? b.Clip(x, b.scalar(0), b.scalar(6)) : b[activation](x),
          )
          const graph = trainingGraph(network)
          const { graph: lowered, notes } = lower(graph, facts)
          expect(notes.filter(note => !note.includes('groups'))).toEqual([])
          const { name, share } = await difference(graph, lowered, { x: noise(shape) })
          expect(share, name).toBeLessThan(1e-3)
        },
      ),
      { seed: 5, numRuns: 40 },
    )
  })
})

describe.skipIf(facts.block === undefined)('a lowered step of each model that Pare makes', () => {
  const shared = { input: [1, 32, 32] as [number, number, number], classes: 3, width: 0.25 }
  const labels = Int32Array.from({ length: 16 }, (_, row) => row % 3)

  /** Three steps on the same images, of which some pixels are multiplied by each of the factors. */
  async function run(step: StepGraph, graph: Graph, factors: readonly number[]) {
    await using session = await createExecutor({ threads: 1 }).open(graph)
    const { dims, data, dataType } = noise([16, 1, 32, 32])
    const runs = []
    for (const factor of factors) {
      const inputs = {
        [step.model.inputs[0]?.name ?? '']: {
          dims,
          dataType,
          data: data.map((value, place) => value * factor ** (place % 3)),
        },
      }
      const losses: number[] = []
      let state = initialState(step)
      for (let count = 0; count < 3; count++) {
        const outcome = await runStep(session, step, { batch: { inputs, labels, size: 16 }, learningRate: 1e-3, state })
        state = outcome.state
        losses.push(outcome.loss)
      }
      runs.push({ losses, state })
    }
    return runs
  }

  /** How far the parameters of two states are apart, all together. */
  function distance({ trained }: StepGraph, from: State, to: State): number {
    const squares = trained.map(name => {
      const [before, after] = [from, to].map(state => Array.from(state.get(name)?.data ?? [], Number))
      return (after ?? []).reduce((sum, value, place) => sum + (value - (before?.[place] ?? Number.NaN)) ** 2, 0)
    })
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
  }

  // Units so near to 0 that rounding decides on their Relu tell the ways of a deep network apart; so what is compared with
  // is how far the plain step itself goes from its way when its input is changed by rounding.
  it.each([
    createModel('mobilenet-v1', shared),
    createModel('mobilenet-v2', shared),
    createModel('resnet', { ...shared, depth: 18 }),
    createModel('resnet', { ...shared, depth: 50, width: 0.125 }),
  ])('goes the way of the plain one, as near as rounding lets it: $name', async model => {
    const step = stepGraph(withBatchSize(prepared(model), 16), trainOptions.parse({}))
    const { graph: lowered, notes } = lower(step.graph, facts)
    expect(notes).toEqual([])
    const [plain, rounded] = await run(step, expandComposites(step.graph), [1, 1 + 2 ** -22])
    const [fast] = await run(step, lowered, [1])
    if (!plain || !rounded || !fast) throw new Error('Three runs give three results.')
    expect(fast.losses[0]).toBeCloseTo(plain.losses[0] ?? 0, 5)
    const moved = distance(step, initialState(step), plain.state)
    const [apart, byRounding] = [fast, rounded].map(({ state }) => distance(step, plain.state, state) / moved)
    expect(apart).toBeLessThan(0.01 + 4 * (byRounding ?? 0))
  })
})

describe('lowering', () => {
  const convolution = (batch: number) => {
    const b = createBuilder('convolution')
    const x = b.input('x', 'float32', [batch, 2, 4, 4])
    const y = b.Conv(x, b.initializer('w', tensorOf('float32', [3, 2, 1, 1], Float32Array.of(1, 2, 3, 4, 5, 6))))
    b.output(b.named(b.Relu(y), 'y'))
    return b.build()
  }

  it('takes graphs that do not train, and keeps the names of their inputs and outputs', async () => {
    const graph = convolution(16)
    const { graph: lowered } = lower(graph, { block: 16 })
    expect(lowered.nodes.map(({ op }) => op)).toContain('MatMul')
    expect(lowered.outputs).toEqual(graph.outputs)
    expect((await difference(graph, lowered, { x: noise([16, 2, 4, 4]) })).share).toBeLessThan(1e-6)
  })

  it('takes the extremes of what lies in rows without laying it out anew', async () => {
    const before = convolution(16)
    const b = createBuilder({ ...before, outputs: [] })
    const y = b.value('y')
    b.output(b.ReduceMax(y, undefined, { keepdims: 0 }))
    b.output(b.ReduceMin(y, b.ints(0, 2, 3)))
    const graph = b.build()
    const { graph: lowered } = lower(graph, { block: 16 })
    expect(lowered.nodes.filter(({ op }) => op === 'Transpose')).toHaveLength(2)
    expect((await difference(graph, lowered, { x: noise([16, 2, 4, 4]) })).share).toBeLessThan(1e-6)
  })

  it('leaves to the runtime what is made of samples and constants alone, such as a teacher', async () => {
    const b = createBuilder(convolution(16))
    const w = b.input('trained', 'float32', [3, 2, 1, 1])
    const student = b.Conv(b.value('x'), w)
    b.output(b.ReduceSum(b.Mul(student, b.value('y')), undefined, { keepdims: 0 }))
    const graph = b.build()
    const { graph: lowered } = lower(graph, { block: 16 }, { samples: ['x'] })
    expect(lowered.nodes.slice(0, 2)).toEqual(graph.nodes.slice(0, 2))
    expect(lowered.nodes.map(({ op }) => op).filter(op => op === 'Conv' || op === 'MatMul')).toEqual(['Conv', 'MatMul'])
    const feeds = { x: noise([16, 2, 4, 4]), trained: noise([3, 2, 1, 1]) }
    expect((await difference(graph, lowered, feeds)).share).toBeLessThan(1e-5)
  })

  it('leaves a batch plain that is no multiple of the block, and says so', () => {
    const { graph, notes } = lower(convolution(10), { block: 16 })
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Conv', 'Relu'])
    expect(notes).toEqual(['Convolutions over a batch of 10 stay plain: it is no multiple of 16.'])
  })

  it('leaves half floats plain: the forms are of float32', () => {
    const b = createBuilder('half')
    const [x, w] = [b.input('x', 'float16', [16, 2, 4, 4]), b.input('w', 'float16', [3, 2, 1, 1])]
    b.output(b.Conv(x, w))
    expect(lower(b.build(), { block: 16 }).graph.nodes.map(({ op }) => op)).toEqual(['Conv'])
  })

  it('leaves all plain where the runtime has no blocked convolutions, and says so', () => {
    const { graph, notes } = lower(convolution(16), { block: undefined, reason: 'the runtime has none' })
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Conv', 'Relu'])
    expect(notes).toEqual(['Not lowered: the runtime has none.'])
  })

  it('has a network of one constant channel survive: its variance is exactly 0', async () => {
    const network = randomNetwork(
      [16, 1, 4, 4],
      [
        { kind: 'pointwise', outputs: 2, kernel: 1, stride: 1, pad: 0, bias: true },
        { kind: 'normalization', outputs: 1, kernel: 1, stride: 1, pad: 0, bias: false },
      ],
      (_, x) => x,
    )
    const graph = trainingGraph(network)
    const feeds = { x: { dataType: 'float32' as const, dims: [16, 1, 4, 4], data: new Float32Array(256).fill(1e4) } }
    const outputs = await runOnce(lower(graph, facts).graph, feeds)
    for (const [name, { data }] of Object.entries(outputs))
      expect(Array.from(data, Number).every(Number.isFinite), name).toBe(true)
  })
})
