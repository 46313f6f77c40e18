import type { Value } from '@pare/core-graph'
import { z } from 'zod'
import type { Expressions } from '../expression.ts'
import { commonOptions, defineOptimizer } from '../optimizer.ts'

/**
 * m′ = β₁·m + (1 − β₁)·g; v′ = β₂·v + (1 − β₂)·g²; w′ = w − η·(m̂/(√v̂ + ε) + λ·w) with m̂ = m′/(1 − β₁ᵗ) and
 * v̂ = v′/(1 − β₂ᵗ) at the update number t: Adam with decoupled weight decay (Loshchilov and Hutter 2019, "Decoupled
 * Weight Decay Regularization", algorithm 2, with the learning rate as a factor of the decay too, as PyTorch has it).
 */
export const adamw = defineOptimizer({
  id: 'adamw',
  description: 'Adam with decoupled weight decay: steps of about one size for all weights',
  options: {
    ...commonOptions({ learningRate: 1e-3, weightDecay: 1e-2 }),
    beta1: z.number().min(0).lt(1).default(0.9).describe('Share that stays of the mean of the gradients'),
    beta2: z.number().min(0).lt(1).default(0.999).describe('Share that stays of the mean of their squares'),
    epsilon: z.number().positive().default(1e-8).describe('Added to the root of that mean, by which is divided'),
  },
  state: ['mean', 'square'],
  begin: (ops, { learningRate, step }, { beta1, beta2, epsilon }) => {
    const filled = { mean: oneLessPower(ops, beta1, step()), square: oneLessPower(ops, beta2, step()) }
    return ({ parameter, gradient, state, weightDecay }) => {
      const mix = (old: Value, now: Value, share: number) => ops.add(ops.mul(old, share), ops.mul(now, 1 - share))
      const mean = mix(state.mean, gradient, beta1)
      const square = mix(state.square, ops.square(gradient), beta2)
      const size = ops.add(ops.sqrt(ops.div(square, filled.square)), epsilon)
      const direction = ops.div(ops.div(mean, filled.mean), size)
      const decayed = weightDecay === 0 ? direction : ops.add(direction, ops.mul(parameter, weightDecay))
      return { parameter: ops.sub(parameter, ops.mul(decayed, learningRate)), state: { mean, square } }
    }
  },
})

/**
 * 1 − βᵗ, as 2q/(1 + q) with q = tanh(−t·ln β/2): the difference itself would lose in float32 what β = 0.999 has beyond
 * its first three digits.
 */
function oneLessPower(ops: Expressions, beta: number, t: Value): Value {
  const q = ops.builder.Tanh(ops.mul(t, -Math.log(beta) / 2))
  return ops.div(ops.mul(q, 2), ops.add(q, 1))
}
