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
  /** Default `uint8`. */
  readonly activations?: 'uint8' | 'int8'
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
  readonly op?: 'Conv' | 'MatMul' | 'Gemm' | 'MatMulInteger' | 'QGemm'
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
  {
    name: 'Conv of two outputs for each channel',
    input: [1, 4, 6, 6],
    weights: [8, 1, 3, 3],
    attributes: { group: 4 },
  },
  { name: 'Conv of one channel', input: [1, 1, 9, 9], weights: [4, 1, 3, 3], zeroPoint: 90 },
  { name: 'Conv of one channel to one', input: [1, 1, 9, 9], weights: [1, 1, 5, 5] },
  { name: 'Conv 1D', input: [2, 5, 12], weights: [4, 5, 3], zeroPoint: 30, attributes: { pads: [2, 1] } },
  { name: 'Conv 3D', input: [1, 3, 4, 4, 4], weights: [2, 3, 2, 2, 2] },
  { name: 'Conv depthwise 1D', input: [1, 6, 20], weights: [6, 1, 3], attributes: { group: 6 } },
  { name: 'MatMul', input: [5, 48], weights: [48, 6], op: 'MatMul' },
  { name: 'Gemm with transB', input: [5, 33], weights: [6, 33], op: 'Gemm', attributes: { transB: 1 } },
  { name: 'MatMulInteger', input: [5, 48], weights: [48, 6], zeroPoint: 100, op: 'MatMulInteger' },
  { name: 'QGemm', input: [5, 33], weights: [6, 33], zeroPoint: 3, op: 'QGemm', attributes: { transB: 1 } },
  {
    name: 'Conv of int8 activations',
    input: [1, 4, 6, 6],
    weights: [4, 4, 3, 3],
    zeroPoint: -30,
    activations: 'int8',
    attributes: { pads: [1, 1, 1, 1] },
  },
  {
    name: 'Conv depthwise of int8 activations',
    input: [1, 8, 6, 6],
    weights: [8, 1, 3, 3],
    activations: 'int8',
    attributes: { group: 8 },
  },
  { name: 'MatMul of int8 activations', input: [5, 48], weights: [48, 6], activations: 'int8', op: 'MatMul' },
]

/** Layers of all kinds with the largest weights and activations: on a CPU without VNNI nearly all of them saturate. */
export const saturatingLayers: readonly SaturatingLayer[] = shapes.map(
  ({ name, input, weights, zeroPoint = 0, activations = 'uint8', attributes = {}, op = 'Conv' }, seed) => {
    const random = createRandom(seed + 1)
    const count = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1)
    const depth = op === 'Conv' ? count(weights.slice(1)) : (input[1] ?? 1)
    const outputScale = Math.ceil(300 * Math.sqrt(depth))
    const b = createBuilder(name)
    const [least, middle] = activations === 'int8' ? [-128, 0] : [0, 128]
    const parametersOf = (scale: number, zero: number) =>
      [b.scalar(scale), b.constant(activations, [], [zero])] as const
    const pair = (value: Value, ...parameters: readonly [Value, Value]) =>
      b.DequantizeLinear(b.QuantizeLinear(value, ...parameters), ...parameters)
    const x = b.input('x', 'float32', input)
    const [one, zero] = parametersOf(1, zeroPoint)
    const levels = b.constant(
      'int8',
      weights,
      Int8Array.from({ length: count(weights) }, () => Math.round(random() * 254 - 127)),
    )
    const noShift = b.constant('int8', [], [0])
    const floats = () => [pair(x, one, zero), b.DequantizeLinear(levels, one, noShift)] as const
    const makers: Record<NonNullable<Shape['op']>, () => Value> = {
      Conv: () => b.Conv(...floats(), undefined, attributes),
      MatMul: () => b.MatMul(...floats()),
      Gemm: () => b.Gemm(...floats(), undefined, attributes),
      MatMulInteger: () => b.Cast(b.MatMulInteger(b.QuantizeLinear(x, one, zero), levels, zero), { to: 1 }),
      QGemm: () =>
        b.QGemm(
          b.QuantizeLinear(x, one, zero),
          one,
          zero,
          levels,
          one,
          noShift,
          undefined,
          undefined,
          undefined,
          attributes,
        ),
    }
    const y = makers[op]()
    b.output(b.named(pair(y, ...parametersOf(outputScale, middle)), 'y'))
    const data = Float32Array.from({ length: count(input) }, () => least + Math.round(random() * 255) - zeroPoint)
    return { name, graph: b.build(), input: { dataType: 'float32', dims: input, data }, outputScale }
  },
)
