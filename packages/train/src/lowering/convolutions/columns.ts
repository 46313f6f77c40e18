import { elementCount, type Value } from '@pare/core-graph'
import { type Convolution, reachOf } from '../../convolution/convolution.ts'
import { product } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'
import { seenByTaps } from './taps.ts'

/**
 * Y = W·columns(X), where columns(X) has a row for each channel of X as each weight of the kernel sees it.
 * dW = dY·columns(X)ᵀ; dX is the same as Y with the weights turned round, for stride 1.
 */
export const columns = defineConvolutionForm({
  id: 'columns',
  fits: ({ group, image, pads }) => group === 1 && image.length === 2 && pads.every(pad => pad >= 0),
  forward: (lowerer, X, W, conv) =>
    product(lowerer.b, matrixOf(lowerer, W, conv), columnsOf(lowerer, X.name, X.rows(), conv)),
  weightGradient: (lowerer, X, dY, conv) => {
    const { rows, scale } = dY.scaledRows()
    const dW = product(lowerer.b, rows, columnsOf(lowerer, X.name, X.rows(), conv), { transB: 1 })
    const { outputs, channels, kernel } = conv
    return scaledWeights(lowerer, lowerer.b.Reshape(dW, lowerer.b.ints(outputs, channels, ...kernel)), scale, conv)
  },
})

/** dX by columns: for stride 1, and no padding beyond the window. */
export const turnedColumns = defineConvolutionForm({
  id: 'turned-columns',
  fits: conv =>
    columns.fits(conv) && conv.strides.every(stride => stride === 1) && turned(conv).pads.every(pad => pad >= 0),
  inputGradient: (lowerer, W, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = dY.scaledRows()
    const taps = b.Reshape(scaledWeights(lowerer, W, scale, conv), b.ints(conv.outputs, conv.channels, -1))
    const swapped = b.Transpose(taps, { perm: [1, 0, 2] })
    const back = turned(conv)
    return product(b, matrixOf(lowerer, swapped, back), columnsOf(lowerer, dY.name, rows, back, 'turned'))
  },
})

/** The convolution that dX is of dY. */
function turned(conv: Convolution): Convolution {
  const reach = reachOf(conv)
  const pads = conv.pads.map((pad, index) => (reach[index % 2] ?? 0) - pad)
  return { ...conv, channels: conv.outputs, outputs: conv.channels, image: conv.result, result: conv.image, pads }
}

/** [O, C, *k] → [O, C·k] */
const matrixOf = ({ b }: Lowerer, W: Value, { outputs }: Convolution): Value => b.Reshape(W, b.ints(outputs, -1))

/** Columns up to so many rows are kept for the backward pass; wider ones take more memory than making them takes time. */
const keptRows = 32

/** [C, M] → [C·k, M′], turned: the last of a kernel's weights first. */
function columnsOf(lowerer: Lowerer, name: string, rows: Value, conv: Convolution, order?: 'turned'): Value {
  const { b, shared } = lowerer
  const { channels, kernel, strides, dilations, pads } = conv
  const make = (): Value => {
    const seen = seenByTaps(lowerer, rows, conv)
    const taps = order ? seen.toReversed() : seen
    if (channels === 1) return b.Concat(taps, { axis: 0 })
    const beside = b.Concat(
      taps.map(tap => b.Reshape(tap, b.ints(channels, 1, -1))),
      { axis: 1 },
    )
    return b.Reshape(beside, b.ints(channels * taps.length, -1))
  }
  if (channels * elementCount(kernel) > keptRows) return make()
  return shared(['columns', name, order, kernel, strides, dilations, pads].join(':'), make)
}
