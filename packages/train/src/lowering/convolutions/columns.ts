import { elementCount, type Value } from '@pare/core-graph'
import { type Convolution, reachOf } from '../../convolution/convolution.ts'
import { product } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'

/**
 * Y = W·columns(X), where each row of columns(X) is one channel of X as one weight of the kernel sees it: moved, and
 * padded with zeros. dW = dY·columns(X)ᵀ; dX, for stride 1, is the same with the weights turned round.
 */
export const columns = defineConvolutionForm({
  id: 'columns',
  fits: ({ group, image, pads }) => group === 1 && image.length === 2 && pads.every(pad => pad >= 0),
  forward: (lowerer, X, W, conv) =>
    product(lowerer.b, matrixOf(lowerer, W, conv), columnsOf(lowerer, X.name, X.rows(), conv)),

  inputGradient: (lowerer, W, dY, conv) => {
    const { b } = lowerer
    const reach = reachOf(conv)
    const pads = conv.pads.map((pad, index) => (reach[index % 2] ?? 0) - pad)
    if (conv.strides.some(stride => stride !== 1) || pads.some(pad => pad < 0)) return undefined
    const { rows, scale } = dY.scaledRows()
    const swapped = b.Transpose(scaledWeights(lowerer, W, scale, conv), { perm: [1, 0, 2, 3] })
    const [last, all] = [b.ints(-1, -1), b.ints(-(2 ** 31), -(2 ** 31))]
    const turned = b.Slice(swapped, last, all, b.ints(2, 3), last)
    const back = {
      ...conv,
      channels: conv.outputs,
      outputs: conv.channels,
      image: conv.result,
      result: conv.image,
      pads,
    }
    return product(b, matrixOf(lowerer, turned, back), columnsOf(lowerer, dY.name, rows, back))
  },

  weightGradient: (lowerer, X, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = dY.scaledRows()
    const dW = product(b, rows, columnsOf(lowerer, X.name, X.rows(), conv), { transB: 1 })
    const { outputs, channels, kernel } = conv
    const split = b.Reshape(dW, b.ints(outputs, ...kernel, channels))
    return scaledWeights(lowerer, b.Transpose(split, { perm: [0, 3, 1, 2] }), scale, conv)
  },
})

/** [O, C, *k] → [O, k·C] */
const matrixOf = ({ b }: Lowerer, W: Value, { outputs }: Convolution): Value =>
  b.Reshape(b.Transpose(W, { perm: [0, 2, 3, 1] }), b.ints(outputs, -1))

/** Columns up to so many rows are kept for the backward pass; wider ones take more memory than making them takes time. */
const keptRows = 32

/** [C, M] → [k·C, M′] */
function columnsOf({ b, block, shared }: Lowerer, name: string, rows: Value, conv: Convolution): Value {
  const { batch, channels, image, result, kernel, strides, dilations, pads } = conv
  const make = (): Value => {
    const [top = 0, left = 0, bottom = 0, right = 0] = pads
    const [down = 1, across = 1] = strides
    const split = b.Reshape(rows, b.ints(channels, batch / block, ...image, block))
    const isPadded = pads.some(pad => pad > 0)
    const padded = isPadded ? b.Pad(split, b.ints(0, 0, top, left, 0, 0, 0, bottom, right, 0)) : split
    const axes = b.ints(2, 3)
    const moved = taps(kernel).map(([y, x]) => {
      const starts = [y * (dilations[0] ?? 1), x * (dilations[1] ?? 1)] as const
      const ends = [starts[0] + ((result[0] ?? 1) - 1) * down + 1, starts[1] + ((result[1] ?? 1) - 1) * across + 1]
      const seen = b.Slice(padded, b.ints(...starts), b.ints(...ends), axes, b.ints(down, across))
      return b.Reshape(seen, b.ints(channels, -1))
    })
    return b.Concat(moved, { axis: 0 })
  }
  if (channels * elementCount(kernel) > keptRows) return make()
  return shared(['columns', name, kernel, strides, dilations, pads].join(':'), make)
}

const taps = ([height = 1, width = 1]: readonly number[]): (readonly [number, number])[] =>
  Array.from({ length: height * width }, (_, place) => [Math.floor(place / width), place % width])
