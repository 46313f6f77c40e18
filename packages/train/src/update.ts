import { type Graph, type GraphBuilder, once, type Tensor, tensorOf, type Value } from '@pare/core-graph'
import { type Expressions, expressions } from './expression.ts'
import type { AnyOptimizer } from './optimizer.ts'
import { optimizers } from './optimizers/registry.ts'
import { initializerOf, type StepState, zerosLike } from './step-state.ts'
import type { TrainOptions } from './train-options.ts'

/** A parameter and the loss's gradient by it. */
export interface TrainedParameter {
  readonly name: string
  readonly initial: Tensor
  readonly gradient: Value
  /** Whether weight decay is for it. */
  readonly decays: boolean
}

export type UpdateOptions = Pick<TrainOptions, 'optimizer' | 'accumulate' | 'clipNorm' | 'average'>

/** Adds gradients to those of the batches before. */
export function accumulate(b: GraphBuilder, state: StepState, parameters: readonly TrainedParameter[]): void {
  for (const parameter of parameters) {
    const { sum, accumulated } = accumulation(b, state, parameter)
    state.next(accumulated.name, sum)
  }
}

function accumulation(b: GraphBuilder, state: StepState, { name, initial, gradient }: TrainedParameter) {
  const accumulated = state.add(`accumulated/${name}`, zerosLike(initial))
  return { accumulated, sum: b.scope(`accumulate/${name}`, () => b.Add(accumulated, gradient)) }
}

/**
 * Adds the optimizer's update of all parameters.
 * @returns the input of the learning rate, `[]`; the number of this update, from 1, counted if it is asked for
 */
export function update(
  b: GraphBuilder,
  state: StepState,
  parameters: readonly TrainedParameter[],
  options: UpdateOptions,
): { readonly learningRate: Value; readonly step: () => Value } {
  const ops = expressions(b)
  const learningRate = b.input('learning_rate', 'float32', [])
  const step = once(() => {
    const before = state.add('step', tensorOf('float32', [], [0]))
    const now = ops.add(before, 1)
    state.next(before.name, now)
    return now
  })
  const means = parameters.map(parameter => ({
    ...parameter,
    gradient: meanGradient(ops, state, parameter, options.accumulate),
  }))
  const optimizer: AnyOptimizer = optimizers[options.optimizer.kind]
  const advance = b.scope('optimizer', () => optimizer.begin(ops, { learningRate, step }, options.optimizer as never))
  for (const { name, initial, gradient, decays } of clipped(ops, means, options.clipNorm)) {
    const own = optimizer.state.map(key => [key, state.add(`${key}/${name}`, zerosLike(initial))] as const)
    const next = b.scope(`optimizer/${name}`, () =>
      advance({
        parameter: b.value(name),
        gradient,
        state: Object.fromEntries(own),
        weightDecay: decays ? options.optimizer.weightDecay : 0,
      }),
    )
    state.next(name, next.parameter)
    for (const [key, before] of own) state.next(before.name, next.state[key] ?? before)
  }
  return { learningRate, step }
}

/** The mean of the gradients of all batches since the last update; what was accumulated begins anew. */
function meanGradient(ops: Expressions, state: StepState, parameter: TrainedParameter, batches: number): Value {
  if (batches === 1) return parameter.gradient
  const { sum, accumulated } = accumulation(ops.builder, state, parameter)
  return ops.builder.scope(`accumulate/${parameter.name}`, () => {
    state.next(accumulated.name, ops.mul(accumulated, 0))
    return ops.mul(sum, 1 / batches)
  })
}

/** g·c/max(c, ‖g‖), the norm ‖g‖ over all gradients together (Pascanu et al. 2013, algorithm 1). */
function clipped(
  ops: Expressions,
  parameters: readonly TrainedParameter[],
  most: number | undefined,
): readonly TrainedParameter[] {
  if (most === undefined) return parameters
  return ops.builder.scope('clip', () => {
    const squares = parameters.map(({ gradient }) => ops.sum(ops.square(gradient)))
    const norm = ops.sqrt(squares.reduce((total, square) => ops.add(total, square)))
    const factor = ops.div(most, ops.max(norm, most))
    return parameters.map(parameter => ({ ...parameter, gradient: ops.mul(parameter.gradient, factor) }))
  })
}

/**
 * Adds moving averages of the model's tensors that the step changes so far, or that steps before it did (`held`), which
 * stand in for them:
 * a′ = d·a + (1 − d)·w′ with d = min(decay, (1 + t)/(10 + t)) at the update number t, so that the first weights are soon
 * forgotten (as TensorFlow's ExponentialMovingAverage does).
 */
export function averageModel(
  b: GraphBuilder,
  state: StepState,
  model: Graph,
  { decay, step, held }: { readonly decay: number; readonly step: Value; readonly held: readonly string[] },
): void {
  const ops = expressions(b)
  const share = b.scope('average', () => {
    const kept = ops.min(ops.div(ops.add(step, 1), ops.add(step, 10)), decay)
    return ops.sub(1, kept)
  })
  const stayed = held.map(name => [name, b.value(name)] as const)
  for (const [name, next] of new Map([...stayed, ...state.ofModel()])) {
    const before = state.add(`average/${name}`, initializerOf(model, name))
    const after = b.scope(`average/${name}`, () => ops.add(before, ops.mul(ops.sub(next, before), share)))
    state.next(before.name, after)
    state.standIn(before.name, name)
  }
}
