import { createBuilder, type Graph, type TensorMap, tensorOf, withOutputs } from '@pare/core-graph'
import { gradients } from '@pare/train'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Range } from '../affine.ts'
import { planQuantization, usualQuantization } from '../plan.ts'
import { executor, numbersOf } from '../testing/compare.ts'
import { fakeQuantized, movingAverage, scaleDerivative, windowMaximum } from '../testing/fake-reference.ts'
import { noise } from '../testing/noise.ts'
import { type FakeOptions, fakeQuantize } from './fake-quantize.ts'
import { levelsOf } from './levels.ts'
import { activationScaleOf, type QatOptions } from './qat-options.ts'
import { trainedScales } from './trained-scales.ts'
import { floorFor } from './weight-scale.ts'

const [inputs, outputs] = [3, 2]
const weights = noise([inputs, outputs], 9)

/** y = h·W + b with h = x, which is no input of the model: those have fixed scales */
function linear(): Graph {
  const b = createBuilder('linear')
  const W = b.initializer('W', tensorOf('float32', weights.dims, weights.data))
  const bias = b.initializer('b', tensorOf('float32', [outputs], [0.3, -0.2]))
  const h = b.named(b.Neg(b.Neg(b.input('x', 'float32', [4, inputs]))), 'h')
  b.output(b.named(b.Gemm(h, W, bias), 'y'))
  return b.build()
}

interface Choice {
  readonly activationScale?: QatOptions['activationScale']
  readonly activations?: { readonly dataType: 'uint8' | 'int8'; readonly symmetric: boolean }
  readonly activationBits?: number
  readonly weightBits?: FakeOptions['weightBits']
  readonly weightScale?: FakeOptions['weightScale']
  readonly range?: Range
}

/** The linear layer with rounding; h begins with the range. */
function rounding({
  activationScale = 'learned',
  activations = usualQuantization.activations,
  activationBits = 8,
  weightBits = 8,
  weightScale = 'abs-max',
  range = { low: -2, high: 1.5 },
}: Choice = {}) {
  const graph = linear()
  const plan = planQuantization(graph, { quantization: { ...usualQuantization, activations } })
  const levels = levelsOf(activations, activationBits)
  const fake = fakeQuantize(graph, graph, plan, new Map([['h', range]]), new Map(), {
    levels,
    weightBits,
    weightScale,
    ...activationScaleOf(activationScale),
  })
  return {
    fake,
    levels,
    behind: (name: string) => [...fake.originals].find(([, original]) => original === name)?.[0] ?? '',
  }
}

/** The scale and zero point by which the graph rounds h. */
async function affineOf({ fake, levels }: ReturnType<typeof rounding>, graph = fake.graph) {
  const { groups, weights } = await trainedScales(graph, fake, levels, executor)
  const [affine] = [...groups.values()]
  if (!affine) throw new Error('h is rounded.')
  return { ...affine, ...levels, weights: Array.from(weights.get('W') ?? []) }
}

async function run(graph: Graph, feeds: TensorMap, names: readonly string[]): Promise<readonly (readonly number[])[]> {
  await using session = await executor.open(withOutputs(graph, names), { fusesQuantization: false })
  const found = await session.run(feeds)
  return names.map(name => numbersOf(found[name]))
}

const near = (values: readonly number[], digits = 5) => values.map(value => expect.closeTo(value, digits))
const x = noise([4, inputs], 5)

describe('what is rounded', () => {
  test.each<Choice>([
    {},
    { activations: { dataType: 'int8', symmetric: true } },
    { activations: { dataType: 'int8', symmetric: false } },
    { activationBits: 3 },
    { activations: { dataType: 'uint8', symmetric: true }, activationBits: 5 },
    { activationScale: 'moving-average' },
    { activationScale: { range: { window: 4 } } },
    { range: { low: 0, high: 1.2 }, activationScale: 'moving-average' },
  ])('of activations is what the definition says: %o', async choice => {
    const made = rounding(choice)
    const affine = await affineOf(made)
    const [rounded] = await run(made.fake.graph, { x }, [made.behind('h')])
    expect(rounded).toEqual(near(numbersOf(x).map(value => fakeQuantized(value, affine))))
  })

  test.each<Choice>([{}, { weightScale: 'learned' }, { weightBits: 4 }, { weightBits: 3, weightScale: 'learned' }])(
    'of weights is what the definition says, a scale for each channel: %o',
    async choice => {
      const made = rounding(choice)
      const { weights: scales } = await affineOf(made)
      const most = { 8: 127, 4: 7, 3: 3 }[choice.weightBits as 8 | 4 | 3] ?? 127
      const [rounded] = await run(made.fake.graph, { x }, [made.behind('W')])
      const levels = (at: number) => ({ scale: scales[at % outputs] ?? 0, zeroPoint: 0, least: -most, most })
      expect(rounded).toEqual(near(numbersOf(weights).map((weight, at) => fakeQuantized(weight, levels(at)))))
      const reach = Array.from({ length: outputs }, (_, channel) =>
        Math.max(...numbersOf(weights).flatMap((weight, at) => (at % outputs === channel ? [Math.abs(weight)] : []))),
      )
      if (choice.weightScale !== 'learned') expect(scales).toEqual(near(reach.map(max => max / most)))
    },
  )

  test('of weights that are next to nothing has a scale by which the bias fits into int32', () => {
    const initial = tensorOf('float32', [2, 2], [0.5, 1e-9, -0.25, 0])
    const bias = tensorOf('float32', [2], [0.3, -0.2])
    const floor = floorFor({ initial, axis: 1, bits: 8 }, [{ bias, dataScale: 0.01 }])
    expect(0.2 / (0.01 * (floor?.[1] ?? 0))).toBeLessThanOrEqual(2 ** 29 * 1.001)
    expect(
      floorFor({ initial: tensorOf('float32', [2, 1], [0.5, 0.1]), axis: 0, bits: 8 }, [{ bias, dataScale: 0.01 }]),
    ).toBe(undefined)
  })

  test('of a bias is a multiple of both scales, as int32 holds it', async () => {
    const made = rounding()
    const { scale, weights: scales } = await affineOf(made)
    const [bias = []] = await run(made.fake.graph, { x }, [made.behind('b')])
    for (const [at, value] of bias.entries()) {
      const steps = value / (scale * (scales[at] ?? 0))
      expect(steps).toBeCloseTo(Math.round(steps), 3)
      expect(Math.abs(value - ([0.3, -0.2][at] ?? 0))).toBeLessThan(scale * (scales[at] ?? 0))
    }
  })
})

describe('behind a Clip', () => {
  /** x·W → Clip to the bounds → ·W, with no training: the scale of what the Clip lets through. */
  async function scaleOf(low: number, high: number, activationScale: QatOptions['activationScale']): Promise<number> {
    const b = createBuilder('clipped')
    const W = (name: string) => b.initializer(name, tensorOf('float32', [3, 3], noise([3, 3], 2).data))
    const first = b.Gemm(b.input('x', 'float32', [4, 3]), W('W1'))
    const clipped = b.named(b.Clip(first, b.scalar(low), b.scalar(high)), 'clipped')
    b.output(b.named(b.Gemm(clipped, W('W2')), 'y'))
    const graph = b.build()
    const plan = planQuantization(graph, { quantization: usualQuantization })
    const observed = plan.groups.flatMap(group => group.observed)
    const ranges = new Map(observed.map(name => [name, name === 'clipped' ? { low, high } : { low: -9, high: 9 }]))
    const levels = levelsOf(usualQuantization.activations, 8)
    const fake = fakeQuantize(graph, graph, plan, ranges, new Map(), {
      levels,
      weightBits: 8,
      weightScale: 'abs-max',
      ...activationScaleOf(activationScale),
    })
    const { groups } = await trainedScales(fake.graph, fake, levels, executor)
    return [...groups].find(([{ values }]) => values.includes('clipped'))?.[1].scale ?? Number.NaN
  }

  test.each(['learned', 'moving-average'] as const)(
    'the scale spans what it lets through, also below 0: %s',
    async kind => {
      expect(await scaleOf(0, 6, kind)).toBeCloseTo(6 / 255, 6)
      expect(await scaleOf(-1, 1, kind)).toBeCloseTo(2 / 255, 6)
      expect(await scaleOf(-3, 1, kind)).toBeCloseTo(4 / 255, 6)
    },
  )
})

describe('gradients', () => {
  /** Of Σ P·y for the parameters named, and what the parameters are. */
  async function gradientsOf({ fake }: ReturnType<typeof rounding>, names: readonly string[], feeds: TensorMap) {
    const b = createBuilder({ ...fake.graph, outputs: [] })
    const projection = b.constant('float32', [4, outputs], projections)
    const loss = b.ReduceSum(b.Mul(b.value('y'), projection), undefined, { keepdims: 0 })
    b.output(loss)
    const { graph, gradients: found } = gradients(b.build(), loss.name, names)
    return await run(
      graph,
      feeds,
      names.map(name => found.get(name) ?? ''),
    )
  }
  const projections = [1, -2, 0.5, 3, -1, 1.5, 2, -0.5]
  const column = (at: number) => projections.filter((_, place) => place % outputs === at)

  test('of a learned scale are those of the paper', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async seed => {
        const made = rounding()
        const feeds = { x: noise([4, inputs], seed) }
        const affine = await affineOf(made)
        const [gradient = [], W = []] = [
          (await gradientsOf(made, ['qat/h/scale'], feeds))[0],
          (await run(made.fake.graph, feeds, [made.behind('W')]))[0],
        ]
        // dy/dx̂ through the layer; the bias's own part is less than half a step of its scale.
        const expected = numbersOf(feeds.x).reduce((sum, value, at) => {
          const [row, input] = [Math.floor(at / inputs), at % inputs]
          const back = projections
            .slice(row * outputs, (row + 1) * outputs)
            .reduce((total, factor, output) => total + factor * (W[input * outputs + output] ?? 0), 0)
          return sum + back * scaleDerivative(value, affine)
        }, 0)
        // The parameter is the scale in units of its start.
        expect(Math.abs((gradient[0] ?? 0) - expected * affine.scale)).toBeLessThan(0.02 * affine.scale * 12)
      }),
      { seed: 3, numRuns: 20 },
    ))

  test('of weights pass straight through, also to the greatest of a channel', async () => {
    const made = rounding()
    const [rounded = []] = await run(made.fake.graph, { x }, [made.behind('h')])
    const [dW, db] = await gradientsOf(made, ['W', 'b'], { x })
    const expected = Array.from({ length: inputs * outputs }, (_, at) => {
      const [input, output] = [Math.floor(at / outputs), at % outputs]
      return column(output).reduce((sum, factor, row) => sum + factor * (rounded[row * inputs + input] ?? 0), 0)
    })
    expect(dW).toEqual(near(expected, 4))
    expect(db).toEqual(near([0, 1].map(at => column(at).reduce((sum, factor) => sum + factor, 0))))
  })

  test.each(['moving-average', 'range', 'abs-max'] as const)('do not go through the scales of %s', async kind => {
    const made = rounding({
      activationScale: kind,
      activations: { dataType: 'int8', symmetric: true },
      range: { low: -1.5, high: 1.5 },
    })
    expect(made.fake.trainable).toEqual(['b', 'W'])
    // Only a scale that is made of the input could give it a gradient other than that of the layer.
    const [dx, W = []] = [
      (await gradientsOf(made, ['x'], { x }))[0],
      (await run(made.fake.graph, { x }, [made.behind('W')]))[0],
    ]
    const isInside = (value: number) => kind === 'abs-max' || (value > (-1.5 * 128) / 127 && value < 1.5)
    const expected = numbersOf(x).map((value, at) => {
      const [row, input] = [Math.floor(at / inputs), at % inputs]
      const factors = projections.slice(row * outputs, (row + 1) * outputs)
      const back = factors.reduce((total, factor, output) => total + factor * (W[input * outputs + output] ?? 0), 0)
      return isInside(value) ? back : 0
    })
    expect(dx).toEqual(near(expected, 4))
  })
})

describe('observed ranges', () => {
  const maxima = [1.1, 0.7, 2, 1.4, 0.3, 0.2, 1.9, 0.5, 0.4, 0.1, 0.6]

  /** The scales of a symmetric input, of 127 steps, after batches of these maxima, one after another. */
  async function scalesAfter(activationScale: QatOptions['activationScale'], isObserving = 1): Promise<number[]> {
    const made = rounding({
      activationScale,
      activations: { dataType: 'int8', symmetric: true },
      range: { low: -1.5, high: 1.5 },
    })
    let { graph } = made.fake
    const found: number[] = []
    for (const max of maxima) {
      const data = Float32Array.from({ length: 4 * inputs }, (_, at) => (at === 5 ? -max : 0))
      const names = [...made.fake.state].filter(([name, next]) => name !== next)
      const values = await run(
        graph,
        { x: { ...x, data } },
        names.map(([, next]) => next),
      )
      const initializers = new Map(graph.initializers)
      for (const [at, [name]] of names.entries())
        initializers.set(
          name,
          tensorOf('float32', graph.initializers.get(name)?.dims ?? [], Float32Array.from(values[at] ?? [])),
        )
      initializers.set('qat/observing', tensorOf('float32', [], [isObserving]))
      graph = { ...graph, initializers }
      found.push((await affineOf(made, graph)).scale * 127)
    }
    return found
  }

  test('are averaged as by the original', async () => {
    expect(await scalesAfter('moving-average')).toEqual(near(movingAverage(maxima, 1.5, 0.9)))
    expect(await scalesAfter({ 'moving-average': { rate: 0.5 } })).toEqual(near(movingAverage(maxima, 1.5, 0.5)))
  })

  test.each([1, 3, 4, 100])('are those of a window of %i, as by the original', async window => {
    expect(await scalesAfter({ range: { window } })).toEqual(near(windowMaximum(maxima, 1.5, window)))
  })

  test.each(['moving-average', { range: { window: 3 } }] as const)('stay once they are frozen: %o', async kind => {
    expect(new Set((await scalesAfter(kind, 0)).slice(1)).size).toBe(1)
  })
})
