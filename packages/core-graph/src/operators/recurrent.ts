import type { Dimension, Node } from '../graph.ts'
import { attribute, type CostContext, type Inferred, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'

/** The attributes that RNN, GRU and LSTM share. */
export const recurrentAttributes = {
  activation_alpha: attribute.optional.floats(),
  activation_beta: attribute.optional.floats(),
  activations: attribute.optional.strings(),
  clip: attribute.optional.float(),
  direction: attribute.string('forward'),
  hidden_size: attribute.optional.int(),
  layout: attribute.int(0),
}

/**
 * What a recurrent layer makes of X [T,N,I] (layout 0) or [N,T,I] and R [directions, gates·H, H]: all steps and the last.
 * @throws ModelError `MODEL_SHAPE` when hidden_size is not H
 */
export function recurrentOutputs(
  x: Inferred,
  r: Inferred,
  { layout, hidden_size: size }: { readonly layout: number; readonly hidden_size: number | undefined },
  node: Node,
): { readonly all: Inferred; readonly last: Inferred } {
  const [first, second] = x.shape ?? []
  const [time, batch] = layout === 0 ? [first, second] : [second, first]
  const [directions, , hidden] = r.shape ?? []
  if (size !== undefined && typeof hidden === 'number' && size !== hidden)
    throw shapeError(node, `has hidden_size ${size} and recurrent weights ${shapeText(r.shape)}`)
  const shaped = (...sizes: (Dimension | undefined)[]) =>
    typed(
      x.dataType,
      sizes.map(size => size ?? null),
    )
  return layout === 0
    ? { all: shaped(time, directions, batch, hidden), last: shaped(directions, batch, hidden) }
    : { all: shaped(batch, time, directions, hidden), last: shaped(batch, directions, hidden) }
}

/** Multiply-adds: both weight matrices at every step of every sample. */
export function recurrentMacs({ inputs: { X = [], W = [], R = [] } }: CostContext): number {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1)
  return product(X.slice(0, 2)) * (product(W) + product(R))
}
