import {
  type DataType,
  type Graph,
  graphIndex,
  inferTypes,
  type Node,
  operators,
  readAttributes,
  type Tensor,
  type TensorData,
  tensorNumbers,
  windowOf,
} from '@pare/core-graph'
import { inputNames } from './rule.ts'

/** A layer whose kernels multiply 8-bit activations, as u8, by constant s8 weights. */
export interface IntegerLayer {
  readonly node: Node
  /** Name of the activations' levels. */
  readonly data: string
  /** What the kernels add to each level: 128 to s8 activations, which become u8, and 0 to u8 ones. */
  readonly shift: number
  /** Shifted as the levels are. */
  readonly zeroPoint: number
  /** Conv: [O, C/group, *k]. MatMul and Gemm: [K, N] or, transposed, [N, K]. */
  readonly weights: Tensor
  readonly geometry: 'conv' | 'matrix' | 'transposed'
}

/** Sums of products as a kernel makes them: one for each row and output, of `depth` products in the kernel's order. */
export interface ProductSums {
  readonly rows: number
  readonly outputs: number
  readonly depth: number
  readonly weight: (output: number, k: number) => number
  readonly level: (row: number, output: number, k: number) => number
}

const untransposed = { transA: 0, transB: 0 }

/** How the operators name what they multiply. Q/DQ pairs stand around those without a type of their own. */
const forms: Readonly<Record<string, { data: string; weights: string; zeroPoint?: string; conv: boolean }>> = {
  ':Conv': { data: 'X', weights: 'W', conv: true },
  ':Gemm': { data: 'A', weights: 'B', conv: false },
  ':MatMul': { data: 'A', weights: 'B', conv: false },
  ':MatMulInteger': { data: 'A', weights: 'B', zeroPoint: 'a_zero_point', conv: false },
  ':QLinearConv': { data: 'x', weights: 'w', zeroPoint: 'x_zero_point', conv: true },
  ':QLinearMatMul': { data: 'a', weights: 'b', zeroPoint: 'a_zero_point', conv: false },
  'com.microsoft:QGemm': { data: 'A', weights: 'B', zeroPoint: 'a_zero_point', conv: false },
}

/** The layers of a quantized graph that multiply 8-bit activations by constant s8 weights, in its order. */
export const integerLayers = (graph: Graph): readonly IntegerLayer[] =>
  graph.nodes.flatMap(node => layerOf(graph, node) ?? [])

function layerOf(graph: Graph, node: Node): IntegerLayer | undefined {
  const key = `${node.domain}:${node.op}`
  const form = Object.hasOwn(forms, key) ? forms[key] : undefined
  if (!form) return undefined
  const [data, weights] = [form.data, form.weights].map(input => {
    const name = inputNames(node, input)[0] ?? ''
    return form.zeroPoint ? { levels: name, zero: inputNames(node, form.zeroPoint)[0] } : dequantized(graph, name)
  })
  const { values } = inferTypes(graph)
  // Initializers, and what Constant nodes hold.
  const tensor = values.get(weights?.levels ?? '')?.constant
  const zero = values.get(data?.zero ?? '')
  const shift = shifts.get((zero ?? values.get(data?.levels ?? ''))?.dataType)
  if (!data || tensor?.dataType !== 'int8' || shift === undefined) return undefined
  // Padding is as high as the zero point, which is 0 where it is left out.
  if (form.conv && data.zero && !zero?.constant) return undefined
  const { transA, transB } = /Q?Gemm$/.test(node.op) ? readAttributes(node, operators.Gemm.attributes) : untransposed
  // A transposed A and stacked matrices have kernels of their own order; both are rare.
  if (!form.conv && (transA !== 0 || tensor.dims.length !== 2)) return undefined
  return {
    node,
    data: data.levels,
    shift,
    zeroPoint: shift + ((zero?.constant && tensorNumbers(zero.constant)[0]) ?? 0),
    weights: tensor,
    geometry: form.conv ? 'conv' : transB === 0 ? 'matrix' : 'transposed',
  }
}

const shifts: ReadonlyMap<DataType | undefined, number> = new Map([
  ['uint8', 0],
  ['int8', 128],
])

/** What a DequantizeLinear reads that makes a value. */
function dequantized(
  graph: Graph,
  value: string,
): { readonly levels: string; readonly zero: string | undefined } | undefined {
  const node = graphIndex(graph).producer.get(value)
  if (node?.op !== 'DequantizeLinear' || node.domain !== '') return undefined
  return { levels: node.inputs[0] ?? '', zero: node.inputs[2] }
}

/**
 * Whether a convolution has kernels that multiply channel by channel, without pairs: one input and one output channel
 * in each group (onnxruntime's depthwise kernels).
 */
export const isDepthwise = ({ geometry, weights, node }: IntegerLayer): boolean =>
  geometry === 'conv' && weights.dims[1] === 1 && weights.dims[0] === groupOf(node)

/** Those of Conv and of QLinearConv. */
const convolutionAttributes = (node: Node) => readAttributes(node, operators.Conv.attributes)
const groupOf = (node: Node): number => convolutionAttributes(node).group

/** The sums of one batch of activations. */
export const productSums = (layer: IntegerLayer, activations: TensorData): ProductSums =>
  layer.geometry === 'conv' ? convolutionSums(layer, activations) : matrixSums(layer, activations)

function matrixSums({ weights, geometry, shift }: IntegerLayer, { dims, data }: TensorData): ProductSums {
  const [first = 0, second = 0] = weights.dims
  const [depth, outputs] = geometry === 'matrix' ? [first, second] : [second, first]
  const levels = tensorNumbers(weights)
  return {
    rows: dims.slice(0, -1).reduce((a, b) => a * b, 1),
    outputs,
    depth,
    weight: (output, k) => levels[geometry === 'matrix' ? k * outputs + output : output * depth + k] ?? 0,
    level: (row, _, k) => Number(data[row * depth + k]) + shift,
  }
}

/** In a row of a convolution, channels stand beside each other at one place of the kernel, as in [N, *s, C]. */
function convolutionSums({ node, weights, shift, zeroPoint }: IntegerLayer, { dims, data }: TensorData): ProductSums {
  const [outputs = 0, channels = 0, ...kernel] = weights.dims
  const [batch = 0, allChannels = 0, ...sizes] = dims
  const group = groupOf(node)
  const places = kernel.reduce((a, b) => a * b, 1)
  const area = sizes.reduce((a, b) => a * b, 1)
  const sources = sourceTable(node, kernel, sizes)
  const positions = sources.length / places
  const levels = tensorNumbers(weights)
  return {
    rows: batch * positions,
    outputs,
    depth: channels * places,
    weight: (output, k) => {
      const place = Math.floor(k / channels)
      return levels[(output * channels + (k - place * channels)) * places + place] ?? 0
    },
    level: (row, output, k) => {
      const place = Math.floor(k / channels)
      const sample = Math.floor(row / positions)
      const source = sources[(row - sample * positions) * places + place] ?? -1
      if (source < 0) return zeroPoint
      const channel = Math.floor(output / (outputs / group)) * channels + (k - place * channels)
      return Number(data[(sample * allChannels + channel) * area + source]) + shift
    },
  }
}

/** For each output position and place of the kernel, [positions, places]: where in a channel it reads, −1 in the padding. */
function sourceTable(node: Node, kernel: readonly number[], sizes: readonly number[]): Int32Array {
  const { strides, dilations, pads = [] } = windowOf(sizes, { ...convolutionAttributes(node), kernel_shape: kernel })
  const counts = sizes.map((size, axis) => {
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return Math.floor((size + (pads[axis] ?? 0) + (pads[axis + sizes.length] ?? 0) - reach) / (strides[axis] ?? 1)) + 1
  })
  const places = cells(kernel)
  return Int32Array.from(
    cells(counts).flatMap(position =>
      places.map(place =>
        position.reduce((source, at, axis) => {
          const from = at * (strides[axis] ?? 1) - (pads[axis] ?? 0) + (place[axis] ?? 0) * (dilations[axis] ?? 1)
          const size = sizes[axis] ?? 0
          return source < 0 || from < 0 || from >= size ? -1 : source * size + from
        }, 0),
      ),
    ),
  )
}

/** All index tuples below the sizes, the last the fastest. */
const cells = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap(prefix => Array.from({ length: size }, (_, index) => [...prefix, index])),
    [[]],
  )
