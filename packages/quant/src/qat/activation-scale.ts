import { dataTypeCode, type GraphBuilder, type Tensor, type Value } from '@pare/core-graph'
import type { z } from 'zod'
import { type Range, smallestScale } from '../affine.ts'
import { affineOfLevels, type Levels, middleOf, stepsOf } from './levels.ts'

/** A scale `[]` and a zero point `[]` of the levels' type, as values of the graph. */
export interface ScaleValues {
  readonly scale: Value
  readonly zeroPoint: Value
}

/** Tensors that a way to find scales adds to the model. */
export interface ScaleTensors {
  /** One that is trained; its gradient is multiplied by the factor. */
  parameter(name: string, initial: Tensor, gradientScale: number): Value
  /** One that the graph itself changes: `next` makes its value after a step of the one before. */
  state(name: string, initial: Tensor, next: (now: Value) => Value): Value
  /** 1 while ranges are observed, 0 once they are frozen: `[]`. */
  observing(): Value
  /** Makes what all scales have in common, once for each key. */
  shared(key: string, make: () => Value): Value
}

/** A group of values that share a scale. */
export interface ScaleContext {
  readonly b: GraphBuilder
  /** A name that no other group has. */
  readonly name: string
  /** Those that are to be observed, at least one. */
  readonly values: readonly Value[]
  /** Elements of all of them, for one sample. */
  readonly elements: number
  /** What the group must hold whatever is observed, with zero. */
  readonly fixed: Range
  /** The range to begin with: a calibrated one, with what is fixed. */
  readonly start: Range
  /** What a Clip before the pair lets through at most, so that the pair can do its work. */
  readonly bound: number | undefined
  readonly levels: Levels
  readonly tensors: ScaleTensors
}

/** A way to find the scales of activations while training. */
export interface ActivationScale<Options extends z.ZodType = z.ZodType> {
  /** What a recipe says after `activationScale:`; kebab-case. */
  readonly id: string
  /** One sentence for help and forms. */
  readonly description: string
  readonly options: Options
  /** Whether the scale is that of the batch at hand, so that a fixed one has to be found at the end. */
  readonly dynamic?: boolean
  /**
   * Whether it is trained. Those of the model's inputs are not: data does not change, and the gradient would cost the way
   * back through the first layer.
   */
  readonly trained?: boolean
  readonly build: (context: ScaleContext, options: z.output<Options>) => ScaleValues
}

/** The registry's view of one, whatever its options. */
export interface AnyActivationScale extends Omit<ActivationScale, 'build'> {
  build(context: ScaleContext, options: never): ScaleValues
}

export const defineActivationScale = <Options extends z.ZodType>(
  scale: ActivationScale<Options>,
): ActivationScale<Options> => Object.freeze(scale)

/** A range's end that is followed: how far it is from zero `[]`, by its start and by what the batch says `[]`. */
export type FollowEnd = (end: 'high' | 'low' | 'reach', start: number, ofBatch: () => Value) => Value

/**
 * The scale and zero point of a range whose ends are followed: of the greatest magnitude where levels are symmetric; of
 * the high end alone where the range begins at zero, as it does behind Relu; else of both.
 *
 *     s = (high + low) / steps;  zero point = least + round(low / s)
 */
export function scaleOfEnds(context: ScaleContext, follow: FollowEnd): ScaleValues {
  const { b, levels, start } = context
  const steps = b.scalar(stepsOf(levels))
  if (levels.symmetric) {
    const reach = follow('reach', Math.max(-start.low, start.high), () => b.Max([highOf(context), lowOf(context)]))
    return { scale: bounded(context, b.Div(reach, steps)), zeroPoint: zeroPointOf(context, middleOf(levels)) }
  }
  const high = follow('high', start.high, () => highOf(context))
  if (start.low === 0)
    return { scale: bounded(context, b.Div(high, steps)), zeroPoint: zeroPointOf(context, levels.least) }
  const low = follow('low', -start.low, () => lowOf(context))
  const scale = bounded(context, b.Div(b.Add(high, low), steps))
  const level = b.Add(b.Round(b.Div(low, scale)), b.scalar(levels.least))
  return { scale, zeroPoint: b.Cast(level, { to: dataTypeCode(levels.dataType) }) }
}

export const zeroPointOf = ({ b, levels }: ScaleContext, level: number): Value =>
  b.constant(levels.dataType, [], [level])

/**
 * No scale is so small that products are denormal, nor so large that the pair reaches beyond the Clip before it: runtimes
 * then could not leave the Clip to the pair.
 */
export function bounded({ b, levels, bound }: ScaleContext, scale: Value, least = smallestScale): Value {
  const raised = b.Max([scale, b.scalar(least)])
  if (bound === undefined) return raised
  const { scale: largest } = affineOfLevels({ low: 0, high: bound }, levels)
  return b.Min([raised, b.scalar(largest)])
}

const highOf = ({ b, values, fixed }: ScaleContext): Value =>
  b.Max([...values.map(value => b.ReduceMax(value, undefined, { keepdims: 0 })), b.scalar(fixed.high)])

const lowOf = ({ b, values, fixed }: ScaleContext): Value =>
  b.Neg(b.Min([...values.map(value => b.ReduceMin(value, undefined, { keepdims: 0 })), b.scalar(fixed.low)]))
