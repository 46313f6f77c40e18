import type { Value } from '@pare/core-graph'
import type { Convolution } from '../../convolution/convolution.ts'
import type { Lowerer } from '../lowerer.ts'
import type { Operand } from '../lowering.ts'

/**
 * A way to compute a convolution, or a gradient of one, with images in rows. `formulations.ts` says which is taken for
 * which shape.
 */
export interface ConvolutionForm {
  readonly id: string
  /** Whether it can compute this one. */
  readonly fits: (conv: Convolution, block: number) => boolean
  /** X:[C, M], W:[O, C/group, *k] → Y:[O, M′] */
  readonly forward?: (lowerer: Lowerer, X: Operand, W: Value, conv: Convolution) => Value
  /** W:[O, C/group, *k], dY:[O, M′] → dX:[C, M] */
  readonly inputGradient?: (lowerer: Lowerer, W: Value, dY: Operand, conv: Convolution) => Value
  /** X:[C, M], dY:[O, M′] → dW:[O, C/group, *k] */
  readonly weightGradient?: (lowerer: Lowerer, X: Operand, dY: Operand, conv: Convolution) => Value
}

export const defineConvolutionForm = <const Form extends ConvolutionForm>(form: Form): Form => Object.freeze(form)

/** Weights [O, …] multiplied by a factor for each output channel [O]. */
export const scaledWeights = ({ b }: Lowerer, W: Value, scale: Value | undefined, { outputs }: Convolution): Value =>
  scale ? b.Mul(W, b.Reshape(scale, b.ints(outputs, ...(W.shape ?? []).slice(1).map(() => 1)))) : W
