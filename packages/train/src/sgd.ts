import type { GraphBuilder, Value } from '@pare/core-graph'

export interface SgdOptions {
  readonly momentum: number
  /** Share of each weight that is added to its gradient. */
  readonly weightDecay: number
}

/** One parameter with its gradient and velocity, all of one shape; `learningRate` is a scalar. */
export interface SgdInputs {
  readonly parameter: Value
  readonly gradient: Value
  readonly velocity: Value
  readonly learningRate: Value
}

/**
 * v′ = μ·v + (g + λ·w); w′ = w − η·v′: stochastic gradient descent with momentum μ, weight decay λ and learning rate η
 * (Sutskever et al. 2013, "On the importance of initialization and momentum", with η outside of the velocity).
 */
export function sgd(b: GraphBuilder, inputs: SgdInputs, { momentum, weightDecay }: SgdOptions) {
  const { parameter, gradient, velocity, learningRate } = inputs
  const scaled = (value: Value, factor: number) => b.Mul(value, b.scalar(factor, value.dataType))
  const decayed = weightDecay === 0 ? gradient : b.Add(gradient, scaled(parameter, weightDecay))
  const next = b.Add(scaled(velocity, momentum), decayed)
  return { velocity: next, parameter: b.Sub(parameter, b.Mul(next, learningRate)) }
}
