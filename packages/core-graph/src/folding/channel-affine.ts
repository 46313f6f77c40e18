import type { Node } from '../graph.ts'
import { attribute, readAttributes } from '../operator.ts'
import { elementCount, type Tensor, tensorNumbers } from '../tensor.ts'

/** y[n, c, …] = scale[c]·x[n, c, …] + shift[c] */
export interface ChannelAffine {
  /** The value that is scaled and shifted. */
  readonly input: string
  /** For a tensor of this many channels and axes; a string says why it cannot be had, undefined that this is no such operation. */
  readonly of: (channels: number, rank: number) => AffineValues | string | undefined
}

export interface AffineValues {
  readonly scale: readonly number[]
  readonly shift: readonly number[]
}

type ConstantOf = (name: string) => Tensor | undefined

/**
 * Reads a node as an affine map of channels: BatchNormalization outside training, and Mul, Div, Add and Sub with a
 * constant of one element a channel. Undefined for any other node.
 */
export function channelAffineOf(node: Node, constantOf: ConstantOf): ChannelAffine | undefined {
  return node.domain === '' ? readers.get(node.op)?.(node, constantOf) : undefined
}

type Reader = (node: Node, constantOf: ConstantOf) => ChannelAffine | undefined

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['BatchNormalization', batchNormalization],
  ['Mul', (node, constantOf) => arithmetic(node, constantOf, c => [c, 0], true)],
  ['Div', (node, constantOf) => arithmetic(node, constantOf, c => [1 / c, 0], false)],
  ['Add', (node, constantOf) => arithmetic(node, constantOf, c => [1, c], true)],
  ['Sub', (node, constantOf) => arithmetic(node, constantOf, c => [1, -c], false)],
])

/** scale = γ / √(σ² + ε), shift = β − μ·scale (ONNX BatchNormalization; Ioffe and Szegedy 2015). */
function batchNormalization(node: Node, constantOf: ConstantOf): ChannelAffine {
  const { epsilon, training_mode: training } = readAttributes(node, {
    epsilon: attribute.float(1e-5),
    training_mode: attribute.int(0),
  })
  const [input = '', ...names] = node.inputs
  return {
    input,
    of: channels => {
      if (training) return 'it is in training mode'
      const parameters = names.map(constantOf)
      if (!parameters.every(tensor => tensor !== undefined)) return 'its parameters are no constants'
      const halves = parameters.find(({ dataType }) => dataType !== 'float32' && dataType !== 'float64')
      if (halves) return `its parameters are ${halves.dataType}`
      const [gamma = [], beta = [], mean = [], variance = []] = parameters.map(tensorNumbers)
      if (gamma.length !== channels) return `it has ${gamma.length} channels where its input has ${channels}`
      const scale = gamma.map((value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon))
      return {
        scale,
        shift: beta.map((value, channel) => value - (mean[channel] ?? 0) * (scale[channel] ?? 0)),
      }
    },
  }
}

function arithmetic(
  { inputs: [left = '', right = ''] }: Node,
  constantOf: ConstantOf,
  read: (constant: number) => [scale: number, shift: number],
  commutes: boolean,
): ChannelAffine | undefined {
  const onRight = constantOf(right)
  const constant = onRight ?? (commutes ? constantOf(left) : undefined)
  if (!constant) return undefined
  return {
    input: onRight ? left : right,
    of: (channels, rank) => {
      if (!isPerChannel(constant.dims, channels, rank)) return undefined
      const values = tensorNumbers(constant)
      const pairs = Array.from({ length: channels }, (_, channel) => read(values[channel] ?? values[0] ?? 0))
      return { scale: pairs.map(([scale]) => scale), shift: pairs.map(([, shift]) => shift) }
    },
  }
}

/** One element, or one a channel with the channels on axis 1 after broadcasting. */
function isPerChannel(dims: readonly number[], channels: number, rank: number): boolean {
  if (dims.length > rank) return false
  if (elementCount(dims) === 1) return true
  return elementCount(dims) === channels && dims[dims.length - rank + 1] === channels
}
