import { z } from 'zod'
import { commonOptions, defineOptimizer } from '../optimizer.ts'

/**
 * v′ = μ·v + (g + λ·w); w′ = w − η·v′: stochastic gradient descent with momentum μ, weight decay λ and learning rate η
 * (Sutskever et al. 2013, "On the importance of initialization and momentum", with η outside of the velocity).
 * Nesterov's looks ahead: w′ = w − η·(g + λ·w + μ·v′) (equations 3 and 4 there, at the point that is looked at).
 */
export const sgd = defineOptimizer({
  id: 'sgd',
  description: 'Stochastic gradient descent with momentum',
  options: {
    ...commonOptions({ learningRate: 0.1, weightDecay: 1e-4 }),
    momentum: z.number().min(0).lt(1).default(0.9).describe('Share of the last step that is taken again'),
    nesterov: z.boolean().default(false).describe('Take the gradient as if the momentum had moved the weights already'),
  },
  state: ['velocity'],
  begin:
    (ops, { learningRate }, { momentum, nesterov }) =>
    ({ parameter, gradient, state, weightDecay }) => {
      const decayed = weightDecay === 0 ? gradient : ops.add(gradient, ops.mul(parameter, weightDecay))
      const velocity = ops.add(ops.mul(state.velocity, momentum), decayed)
      const direction = nesterov ? ops.add(decayed, ops.mul(velocity, momentum)) : velocity
      return { parameter: ops.sub(parameter, ops.mul(direction, learningRate)), state: { velocity } }
    },
})
