import { tensorOf } from '@pare/core-graph'
import { z } from 'zod'
import { bounded, defineActivationScale, zeroPointOf } from '../activation-scale.ts'
import { affineOfLevels } from '../levels.ts'

/**
 * A scale that is trained: with v = x/s, ds = Σ dy·(round(v) − v) inside the range, Σ dy·(its last level) beyond
 * (Esser et al. 2020, "Learned Step Size Quantization", (3)), times 1/√(N·Q), N the elements of a sample, Q the levels
 * above zero (2.2). The zero point stays that of the calibrated range.
 *
 * What is trained is s in units of its start k: as far as SGD goes the factor 1/k² makes that the same, and with
 * optimizers that take steps of one size, such as Adam, a step is a share of the scale.
 */
export const learned = defineActivationScale({
  id: 'learned',
  description:
    'Trained as the weights are, from calibrated ranges on (learned step size quantization); those of inputs stay.',
  options: z.strictObject({}),
  trained: true,
  build: context => {
    const { b, name, start, levels, elements, tensors } = context
    const { scale: k, zeroPoint } = affineOfLevels(start, levels)
    const gradientScale = 1 / (k ** 2 * Math.sqrt(elements * (levels.most - zeroPoint || 1)))
    const relative = tensors.parameter(`${name}/scale`, tensorOf('float32', [], [1]), gradientScale)
    const scale = bounded(context, b.Mul(relative, b.scalar(k)), k * 2 ** -10)
    return { scale, zeroPoint: zeroPointOf(context, zeroPoint) }
  },
})
