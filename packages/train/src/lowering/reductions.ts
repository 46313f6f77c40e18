import { tensorNumbers, type Value } from '@pare/core-graph'
import type { Lowerer } from './lowerer.ts'
import type { Form, Image, Operand } from './lowering.ts'

/** The mean over each image, [C, N] in rows. */
export function meanOfImages(lowerer: Lowerer, X: Operand): Form | undefined {
  if (!X.isBlocked || !X.image) return undefined
  return { rows: ofImages(lowerer, 'ReduceMean', X.rows(), X.image) }
}

function ofImages({ b, block }: Lowerer, op: Reduction, rows: Value, { channels, batch, area }: Image): Value {
  const split = b.Reshape(rows, b.ints(channels, batch / block, area, block))
  return b.Reshape(b[op](split, b.ints(2)), b.ints(channels, batch))
}

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin'

/**
 * A sum, mean or extreme over each image, over batch and image for each channel, or over all: rows need not be laid out anew for
 * it. Other axes stay plain.
 */
export function reduced(
  lowerer: Lowerer,
  op: Reduction,
  {
    data,
    axes,
    output,
  }: { readonly data: Operand; readonly axes: Operand | undefined; readonly output: string | undefined },
): Form | undefined {
  const { b } = lowerer
  const { image, sizes = [] } = data
  const shape = lowerer.sizes(output ?? '')
  if (!data.isBlocked || !image || !shape) return undefined
  const constant = axes?.plain().constant
  if (axes && !constant) return undefined
  const given = constant
    ? tensorNumbers(constant).map(axis => (axis < 0 ? axis + sizes.length : axis))
    : [...sizes.keys()]
  const spatial = [...image.spatial.keys()].map(axis => axis + 2)
  if (given.length === 0 || !spatial.every(axis => given.includes(axis))) return undefined
  if (!given.includes(0)) {
    if (given.includes(1) || spatial.length === 0) return undefined
    return { rows: ofImages(lowerer, op, data.rows(), image) }
  }
  const made = b[op](data.rows(), given.includes(1) ? b.ints(0, 1) : b.ints(1), { keepdims: 0 })
  return { plain: b.Reshape(made, b.ints(...shape)) }
}
