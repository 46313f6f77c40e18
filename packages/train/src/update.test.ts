import { createBuilder, createRandom, type Graph, randomNormal, tensorOf, withInputShapes } from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { type StepAdditions, stepGraph } from './step-graph.ts'
import { type PlainBatch, runSteps } from './testing/run-steps.ts'
import { trainOptions } from './train-options.ts'

const random = createRandom(2)
const normals = (length: number) => Array.from({ length }, () => Math.fround(randomNormal(random)))

/** logits [N,2] = Relu(x·F + c)·W + b; x:[N,3] */
function network(): Graph {
  const b = createBuilder('network')
  const weight = (name: string, ...dims: number[]) =>
    b.initializer(name, tensorOf('float32', dims, normals(dims.reduce((product, size) => product * size, 1))))
  const x = b.input('x', 'float32', ['N', 3])
  const features = b.Relu(b.scope('first', () => b.Gemm(x, weight('F', 3, 4), weight('c', 4))))
  b.output(b.scope('second', () => b.Gemm(features, weight('W', 4, 2), weight('b', 2))))
  return b.build()
}

const model = network()
const samples = (size: number): PlainBatch => ({
  inputs: { x: normals(3 * size) },
  labels: normals(size).map(value => Number(value > 0)),
})
const together = (batches: readonly PlainBatch[]): PlainBatch => ({
  inputs: { x: batches.flatMap(({ inputs }) => inputs.x ?? []) },
  labels: batches.flatMap(({ labels }) => labels ?? []),
})

const names = ['F', 'c', 'W', 'b']

describe('accumulated gradients', () => {
  it.each(['sgd', 'adamw'] as const)('make the update of one batch that is so many times larger: %s', async kind => {
    const batches = Array.from({ length: 6 }, () => samples(4))
    const options = { optimizer: { kind }, clipNorm: 0.2 }
    const small = await runSteps(model, batches, { options: { ...options, accumulate: 3 }, learningRate: 0.1 })
    const large = await runSteps(model, [together(batches.slice(0, 3)), together(batches.slice(3))], {
      options,
      learningRate: 0.1,
    })
    for (const name of names) {
      // Until the third batch, nothing moves.
      expect(small.value(name, 2)).toEqual(small.value(name, 0))
      for (const [place, value] of large.value(name, 2).entries())
        expect(small.value(name, 6)[place], `${name}[${place}]`).toBeCloseTo(value, 5)
      expect(small.value(`accumulated/${name}`, 2).some(value => value !== 0)).toBe(true)
      expect(small.value(`accumulated/${name}`, 3).every(value => value === 0)).toBe(true)
    }
  })
})

describe('clipped gradients', () => {
  const step = async (clipNorm: number | undefined) => {
    const batch = { inputs: { x: [1, 2, 3, -1, 0, 2] }, labels: [0, 1] }
    const { value } = await runSteps(model, [batch], { options: { ...(clipNorm && { clipNorm }) }, learningRate: 1 })
    return names.flatMap(name => value(name, 1).map((after, place) => after - (value(name, 0)[place] ?? 0)))
  }
  const length = (values: readonly number[]) => Math.hypot(...values)

  it('are all shortened by one factor, so that together they have the norm', async () => {
    const [whole, clipped] = [await step(undefined), await step(0.01)]
    expect(length(clipped)).toBeCloseTo(0.01, 5)
    for (const [place, value] of whole.entries()) expect(clipped[place]).toBeCloseTo((value * 0.01) / length(whole), 5)
  })

  it('stay as they are where they are shorter', async () => {
    expect(await step(1e6)).toEqual(await step(undefined))
  })
})

describe('the moving average of the weights', () => {
  it('forgets the first weights: its share is (1 + t)/(10 + t) at the update t, then the decay', async () => {
    const batches = Array.from({ length: 4 }, () => samples(4))
    const { value, step } = await runSteps(model, batches, { options: { average: 0.35 }, learningRate: 0.1 })
    let expected = value('W', 0)
    for (const [index, share] of [2 / 11, 3 / 12, 4 / 13, 0.35].entries()) {
      expected = expected.map((old, place) => share * old + (1 - share) * (value('W', index + 1)[place] ?? 0))
      for (const [place, average] of value('average/W', index + 1).entries())
        expect(average).toBeCloseTo(expected[place] ?? Number.NaN, 5)
    }
    const ofModel = [...step.state].flatMap(([name, { ofModel }]) => (ofModel ? [[name, ofModel]] : []))
    expect(ofModel).toEqual(names.map(name => [`average/${name}`, name]))
  })
})

describe('frozen weights', () => {
  it('stay, named by themselves or by the nodes that read them', async () => {
    const { value, step } = await runSteps(model, [samples(4)], { options: { freeze: ['first/*'] }, learningRate: 0.1 })
    expect(step.trained).toEqual(['W', 'b'])
    expect([...step.state.keys()]).not.toContain('F')
    expect(value('W', 1)).not.toEqual(value('W', 0))
    expect(step.graph.nodes.some(({ name }) => name.startsWith('gradient/first'))).toBe(false)
  })

  it('take the statistics of their BatchNormalization along: it normalizes with the running ones', () => {
    const b = createBuilder('norm')
    const vector = (name: string) => b.initializer(name, tensorOf('float32', [2], [1, 1]))
    const norm = (name: string, x: typeof input) =>
      b.scope(name, () =>
        b.BatchNormalization(x, vector(`${name}/s`), vector(`${name}/b`), vector(`${name}/m`), vector(`${name}/v`)),
      )
    const input = b.input('x', 'float32', [2, 2])
    b.output(norm('second', norm('first', input)))
    const step = stepGraph(b.build(), trainOptions.parse({ freeze: ['first/*'], optimizer: { momentum: 0 } }))
    const changed = [...step.state].flatMap(([name, { ofModel }]) => (ofModel ? [name] : []))
    expect(changed).toEqual(['second/s', 'second/b', 'second/m', 'second/v'])
  })

  it('must leave something, and be there', () => {
    const refused =
      (...freeze: string[]) =>
      () =>
        stepGraph(model, trainOptions.parse({ freeze }))
    expect(refused('*')).toThrow('The model network has no weights that can be trained.')
    expect(refused('third/*')).toThrow('freeze: no weight or node of the model matches third/*.')
  })
})

describe('what a strategy adds', () => {
  it('must be there, and what is trained must matter to the loss', () => {
    const refused = (additions: StepAdditions) =>
      expect(() => stepGraph(withInputShapes(model, { x: [2, 3] }), trainOptions.parse({}), additions))
    refused({ trainable: ['V'] }).toThrow('Training is to change V, which is no initializer of the model network.')
    refused({ state: new Map([['d', 'x']]) }).toThrow('Training is to change d, which is no initializer')
    const b = createBuilder('idle')
    b.output(b.Relu(b.input('x', 'float32', [2, 2])))
    b.output(b.MatMul(b.value('x'), b.initializer('W', tensorOf('float32', [2, 2], [1, 2, 3, 4]))))
    const options = trainOptions.parse({ loss: [{ loss: 'cross-entropy', logits: 'Relu:0' }] })
    expect(() => stepGraph(b.build(), options)).toThrow(
      'The loss of the model idle depends on none of the weights to be trained: W.',
    )
  })

  it('trains initializers that no operator calls trainable, and keeps tensors that the model itself changes', async () => {
    const b = createBuilder('scaled')
    const scale = b.initializer('scale', tensorOf('float32', [], [2]))
    const greatest = b.initializer('greatest', tensorOf('float32', [], [0]))
    const x = b.input('x', 'float32', ['N', 2])
    const next = b.named(b.Max([greatest, b.ReduceMax(x, undefined, { keepdims: 0 })]), 'greatest_next')
    b.output(b.Mul(x, scale))
    b.output(next)
    const additions = {
      trainable: ['scale'],
      state: new Map([['greatest', 'greatest_next']]),
      terms: [{ loss: 'mean-squared-error', output: 'x', target: 'Mul:0' }],
    }
    const batches = [
      [1, 2, 3, 4],
      [5, -5, 0, 0],
      [0, 0, 1, 1],
    ].map(values => ({ inputs: { x: values } }))
    const options = { loss: [], average: 0.9 }
    const { value, step } = await runSteps(b.build(), batches, { options, learningRate: 0.01, additions })
    expect([1, 2, 3].map(after => value('greatest', after))).toEqual([[4], [5], [5]])
    // L = mean x²·(1 − s)²; dL/ds = 2·(s − 1)·mean x²
    expect(value('scale', 1)[0]).toBeCloseTo(2 - 0.01 * 2 * 7.5, 5)
    // Weights are averaged; what the model itself changes is as it says.
    expect(step.state.get('average/scale')?.ofModel).toBe('scale')
    expect(step.state.get('greatest')?.ofModel).toBe('greatest')
  })

  it('changes such tensors with every batch, also where gradients are only accumulated, unless they are frozen', async () => {
    const b = createBuilder('counted')
    const count = b.initializer('count', tensorOf('float32', [], [0]))
    const next = b.named(b.Add(count, b.scalar(1)), 'count_next')
    b.output(b.MatMul(b.input('x', 'float32', ['N', 1]), b.initializer('W', tensorOf('float32', [1, 2], [1, 2]))))
    b.output(next)
    const batch = { inputs: { x: [1, 2] }, labels: [0, 1] }
    const counts = async (frozen: readonly string[]) => {
      const { value } = await runSteps(b.build(), [batch, batch, batch, batch], {
        options: { loss: [{ loss: 'cross-entropy', logits: 'MatMul:0' }], accumulate: 2 },
        learningRate: 0.1,
        additions: { state: new Map([['count', 'count_next']]), frozen },
      })
      return [1, 2, 3, 4].map(after => value('count', after)[0])
    }
    expect(await counts([])).toEqual([1, 2, 3, 4])
    expect(await counts(['count'])).toEqual([0, 0, 0, 0])
  })
})
