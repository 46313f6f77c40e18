import { createBuilder, createRandom, type Graph, type TensorData, type Value } from '@pare/core-graph'

/** A quantized model of one layer, and what it is fed: integers, so that its scale of 1 keeps them as they are. */
export interface SaturatingLayer {
  readonly name: string
  readonly graph: Graph
  readonly input: TensorData
  /** What one level of the output stands for. */
  readonly outputScale: number
}

interface Shape {
  readonly name: string
  /** [N, C, H, W] or [M, K]. */
  readonly input: readonly number[]
  readonly weights: readonly number[]
  readonly zeroPoint?: number
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
  readonly op?: 'Conv' | 'MatMul' | 'Gemm'
}

const shapes: readonly Shape[] = [
  { name: 'Conv 3x3', input: [1, 8, 6, 6], weights: [4, 8, 3, 3], attributes: { pads: [1, 1, 1, 1] } },
  { name: 'Conv of an odd number of channels', input: [1, 3, 6, 6], weights: [4, 3, 3, 3], zeroPoint: 7 },
  { name: 'Conv 1x1, two samples', input: [2, 16, 4, 4], weights: [4, 16, 1, 1] },
  { name: 'Conv in groups', input: [1, 8, 6, 6], weights: [4, 4, 3, 3], attributes: { group: 2, pads: [1, 0, 0, 1] } },
  {
    name: 'Conv with padding, strides and dilations around another zero point',
    input: [1, 4, 9, 9],
    weights: [6, 4, 3, 3],
    zeroPoint: 200,
    attributes: { pads: [2, 1, 1, 2], strides: [2, 1], dilations: [1, 2] },
  },
  { name: 'Conv depthwise', input: [1, 8, 6, 6], weights: [8, 1, 3, 3], attributes: { group: 8 } },
  { name: 'MatMul', input: [5, 48], weights: [48, 6], op: 'MatMul' },
  { name: 'Gemm with transB', input: [5, 33], weights: [6, 33], op: 'Gemm', attributes: { transB: 1 } },
]

/** Layers of all kinds with the largest weights and activations: on a CPU without VNNI nearly all of them saturate. */
export const saturatingLayers: readonly SaturatingLayer[] = shapes.map(
  ({ name, input, weights, zeroPoint = 0, attributes = {}, op = 'Conv' }, seed) => {
    const random = createRandom(seed + 1)
    const count = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1)
    const depth = op === 'Conv' ? count(weights.slice(1)) : (input[1] ?? 1)
    const outputScale = Math.ceil(300 * Math.sqrt(depth))
    const b = createBuilder(name)
    const pair = (value: Value, scale: number, zero: number) => {
      const parameters = [b.scalar(scale), b.constant('uint8', [], [zero])] as const
      return b.DequantizeLinear(b.QuantizeLinear(value, ...parameters), ...parameters)
    }
    const x = pair(b.input('x', 'float32', input), 1, zeroPoint)
    const levels = Int8Array.from({ length: count(weights) }, () => Math.round(random() * 254 - 127))
    const w = b.DequantizeLinear(b.constant('int8', weights, levels), b.scalar(1), b.constant('int8', [], [0]))
    const y =
      op === 'Conv'
        ? b.Conv(x, w, undefined, attributes)
        : op === 'Gemm'
          ? b.Gemm(x, w, undefined, attributes)
          : b.MatMul(x, w)
    b.output(b.named(pair(y, outputScale, 128), 'y'))
    const data = Float32Array.from({ length: count(input) }, () => Math.round(random() * 255) - zeroPoint)
    return { name, graph: b.build(), input: { dataType: 'float32', dims: input, data }, outputScale }
  },
)
