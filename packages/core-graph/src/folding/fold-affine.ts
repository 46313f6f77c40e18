import type { Node } from '../graph.ts'
import { attribute, readAttributes } from '../operator.ts'
import { elementCount, newTypedArray, type Tensor, tensorElements, tensorNumbers, tensorOf } from '../tensor.ts'
import type { AffineValues } from './channel-affine.ts'

/** A layer whose weight and bias can take up a scale and a shift of its output's channels. */
export interface Layer {
  readonly channels: number
  readonly rank: number
  /** The output's channel that an element of the weight contributes to. */
  readonly channelOf: (element: number) => number
  /** So many elements that lie side by side belong to one channel. */
  readonly run: number
  /** What the bias is multiplied by (beta of Gemm). */
  readonly biasFactor: number
  /** The node with its weight and bias scaled: attributes that no longer hold are gone. */
  readonly rewrite: (node: Node) => Pick<Node, 'op' | 'attributes'>
}

const unchanged: Layer['rewrite'] = ({ op, attributes }) => ({ op, attributes })

/** How each layer's weight is laid out; undefined for what is no layer, or not one of axis 1. */
export function layerOf(node: Node, { dims }: Tensor, inputRank: number | undefined): Layer | undefined {
  return node.domain === '' ? layers[node.op]?.(node, dims, inputRank) : undefined
}

const layers: Readonly<
  Record<string, (node: Node, dims: readonly number[], inputRank: number | undefined) => Layer | undefined>
> = {
  // W:[M, C/group, *k]
  Conv: (_, dims) => {
    const [channels = 1, ...rest] = dims
    const inner = elementCount(rest)
    return {
      channels,
      rank: dims.length,
      channelOf: element => Math.floor(element / inner),
      run: inner,
      biasFactor: 1,
      rewrite: unchanged,
    }
  },
  // W:[C, M/group, *k]
  ConvTranspose: (node, dims) => {
    const { group } = readAttributes(node, { group: attribute.int(1) })
    const [inputs = 1, perGroup = 1, ...kernel] = dims
    const inner = elementCount(kernel)
    return {
      channels: perGroup * group,
      rank: dims.length,
      channelOf: element => {
        const input = Math.floor(element / (perGroup * inner))
        return Math.floor(input / (inputs / group)) * perGroup + (Math.floor(element / inner) % perGroup)
      },
      run: inner,
      biasFactor: 1,
      rewrite: unchanged,
    }
  },
  // Y = alpha·A·B + beta·C with B:[K, N], or [N, K] when transB
  Gemm: (node, [rows = 1, columns = 1]) => {
    const { transB, beta } = readAttributes(node, { transB: attribute.int(0), beta: attribute.float(1) })
    return {
      channels: transB ? rows : columns,
      rank: 2,
      channelOf: element => (transB ? Math.floor(element / columns) : element % columns),
      run: transB ? columns : 1,
      biasFactor: beta,
      rewrite: ({ op, attributes: { beta: _, ...attributes } }) => ({ op, attributes }),
    }
  },
  // A:[M, K]·B:[K, N]; with more axes, axis 1 is not the one that B makes
  MatMul: (_, dims, inputRank) => {
    const [, columns = 1] = dims
    if (dims.length !== 2 || inputRank !== 2) return undefined
    return {
      channels: columns,
      rank: 2,
      channelOf: element => element % columns,
      run: 1,
      biasFactor: 1,
      rewrite: () => ({ op: 'Gemm', attributes: {} }),
    }
  },
}

/** W′ = scale·W and b′ = scale·b + shift, in float64, rounded once to the weight's type. */
export function foldAffine(
  { channels, channelOf, run, biasFactor }: Layer,
  weight: Tensor,
  bias: Tensor | undefined,
  { scale, shift }: AffineValues,
): { readonly weight: Tensor; readonly bias: Tensor } {
  const { dataType, dims } = weight
  const before = bias ? tensorNumbers(bias) : [0]
  const from = tensorElements(weight)
  const scaled = newTypedArray(dataType, from.length)
  for (let first = 0; first < from.length; first += run) {
    const factor = scale[channelOf(first)] ?? 0
    for (let element = first; element < first + run; element++) scaled[element] = Number(from[element]) * factor
  }
  return {
    weight: tensorOf(dataType, dims, scaled),
    bias: tensorOf(
      dataType,
      [channels],
      scale.map((factor, channel) => factor * biasFactor * (before[channel] ?? before[0] ?? 0) + (shift[channel] ?? 0)),
    ),
  }
}
