import { defineLoss, type Loss, type TensorSource } from '@pare/train'
import type { z } from 'zod'

/**
 * A loss that also takes a number of the graph, `active` `[]`, as a factor: 1 in the epochs that it counts in, 0 in the
 * others.
 */
export const whileActive = <
  Id extends string,
  Inputs extends Readonly<Record<string, TensorSource>>,
  Options extends z.ZodRawShape,
>(
  loss: Loss<Id, Inputs, Options>,
) =>
  defineLoss({
    ...loss,
    inputs: { ...loss.inputs, active: 'named' },
    build: (ops, { active, ...values }, options) => ops.mul(loss.build(ops, values as never, options as never), active),
  })
