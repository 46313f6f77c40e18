import { createBuilder, createRandom, randomNormal, type TensorMap } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it, test } from 'vitest'
import { expressions } from '../expression.ts'
import type { AnyOptimizer } from '../optimizer.ts'
import { optimizers } from './registry.ts'

type Id = keyof typeof optimizers

interface Setting {
  readonly id: Id
  readonly options?: Readonly<Record<string, unknown>>
  readonly weightDecay: number
  readonly learningRate: number
}

/** Parameters after each of the gradients, as onnxruntime computes them. */
async function trained(
  { id, options = {}, weightDecay, learningRate }: Setting,
  first: readonly number[],
  gradients: readonly (readonly number[])[],
) {
  const b = createBuilder('update')
  const shape = [first.length]
  const optimizer: AnyOptimizer = optimizers[id]
  const scalars = { learningRate: b.input('learningRate', 'float32', []), step: b.input('step', 'float32', []) }
  const own = optimizer.state.map(name => [name, b.input(name, 'float32', shape)] as const)
  const advance = optimizer.begin(
    expressions(b),
    { learningRate: scalars.learningRate, step: () => scalars.step },
    optimizers[id].schema.parse({ kind: id, ...options }) as never,
  )
  const inputs = { parameter: b.input('parameter', 'float32', shape), gradient: b.input('gradient', 'float32', shape) }
  const next = advance({ ...inputs, state: Object.fromEntries(own), weightDecay })
  const outputs = new Map([['parameter', next.parameter], ...Object.entries(next.state)])
  for (const value of outputs.values()) b.output(value)
  // Stochastic gradient descent does not count.
  const graph = b.build()
  const counts = graph.nodes.some(node => node.inputs.includes('step'))
  await using session = await createExecutor({ threads: 1 }).open({
    ...graph,
    inputs: graph.inputs.filter(({ name }) => name !== 'step' || counts),
  })
  const vector = (values: Iterable<number>) => ({
    dataType: 'float32' as const,
    dims: shape,
    data: Float32Array.from(values),
  })
  const scalar = (value: number) => ({ dataType: 'float32' as const, dims: [], data: Float32Array.of(value) })
  let state: TensorMap = Object.fromEntries(
    [...outputs.keys()].map(name => [name, vector(name === 'parameter' ? first : first.map(() => 0))]),
  )
  const parameters: number[][] = []
  for (const [index, gradient] of gradients.entries()) {
    const made = await session.run({
      ...state,
      gradient: vector(gradient),
      learningRate: scalar(learningRate),
      ...(counts && { step: scalar(index + 1) }),
    })
    state = Object.fromEntries(
      Array.from(outputs, ([name, { name: output }]) => [name, made[output] ?? scalar(Number.NaN)]),
    )
    parameters.push(Array.from(state.parameter?.data ?? [], Number))
  }
  return parameters
}

/** The same for one number, in float64, as the papers write it. */
const definitions: Readonly<Record<Id, (setting: Setting, first: number, gradients: readonly number[]) => number[]>> = {
  sgd: ({ options = {}, weightDecay, learningRate }, first, gradients) => {
    const momentum = Number(options.momentum ?? 0.9)
    let [parameter, velocity] = [first, 0]
    return gradients.map(gradient => {
      const whole = gradient + weightDecay * parameter
      velocity = momentum * velocity + whole
      parameter -= learningRate * (options.nesterov ? whole + momentum * velocity : velocity)
      return parameter
    })
  },
  adamw: ({ options = {}, weightDecay, learningRate }, first, gradients) => {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options as Readonly<Record<string, number>>
    let [parameter, m, v] = [first, 0, 0]
    return gradients.map((gradient, index) => {
      m = beta1 * m + (1 - beta1) * gradient
      v = beta2 * v + (1 - beta2) * gradient ** 2
      const mean = m / (1 - beta1 ** (index + 1))
      const square = v / (1 - beta2 ** (index + 1))
      parameter -= learningRate * (mean / (Math.sqrt(square) + epsilon) + weightDecay * parameter)
      return parameter
    })
  },
}

const settings: readonly Setting[] = [
  { id: 'sgd', weightDecay: 0, learningRate: 0.1 },
  { id: 'sgd', options: { momentum: 0 }, weightDecay: 0.01, learningRate: 0.1 },
  { id: 'sgd', options: { momentum: 0.8, nesterov: true }, weightDecay: 0.01, learningRate: 0.05 },
  { id: 'adamw', weightDecay: 0, learningRate: 0.01 },
  { id: 'adamw', options: { beta1: 0.5, beta2: 0.99, epsilon: 1e-3 }, weightDecay: 0.1, learningRate: 0.05 },
  { id: 'adamw', options: { beta1: 0, beta2: 0 }, weightDecay: 0.1, learningRate: 0.05 },
]

test.each(Object.entries(optimizers))(
  '%s is registered under its own id, and compared with its definition',
  (id, optimizer) => {
    expect(optimizer.id).toBe(id)
    expect(settings.map(setting => setting.id)).toContain(id)
  },
)

test.each(settings)('$id $options is its definition in float64, over 20 updates: decay $weightDecay', async setting => {
  const random = createRandom(4)
  const first = [1, -2, 0.5]
  const gradients = Array.from({ length: 20 }, () => first.map(() => randomNormal(random)))
  const actual = await trained(setting, first, gradients)
  for (const [place, value] of first.entries()) {
    const expected = definitions[setting.id](
      setting,
      value,
      gradients.map(gradient => gradient[place] ?? 0),
    )
    for (const [index, parameter] of expected.entries()) expect(actual[index]?.[place]).toBeCloseTo(parameter, 5)
  }
})

describe('in numbers', () => {
  const after = async (setting: Setting, gradients: readonly number[]) =>
    (
      await trained(
        setting,
        [1],
        gradients.map(gradient => [gradient]),
      )
    ).map(([value = Number.NaN]) => Number(value.toFixed(6)))

  it('SGD: v = 0.5, 0.9·0.5 − 0.25; Nesterov goes on by 0.9·v', async () => {
    expect(await after({ id: 'sgd', weightDecay: 0, learningRate: 0.1 }, [0.5, -0.25])).toEqual([0.95, 0.93])
    const options = { nesterov: true }
    expect(await after({ id: 'sgd', options, weightDecay: 0, learningRate: 0.1 }, [0.5, -0.25])).toEqual([0.905, 0.912])
  })

  it('AdamW’s first step is of the length of the learning rate, whatever the gradient; then 0.020/0.19 over √0.156203', async () => {
    expect(await after({ id: 'adamw', weightDecay: 0.01, learningRate: 0.1 }, [0.5, -0.25])).toEqual([0.899, 0.871467])
    expect(await after({ id: 'adamw', weightDecay: 0, learningRate: 0.1 }, [1e-4])).toEqual([0.90001])
    expect(await after({ id: 'adamw', weightDecay: 0, learningRate: 0.1 }, [1e4])).toEqual([0.9])
  })
})
