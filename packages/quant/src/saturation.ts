import {
  type DataSource,
  type Executor,
  type Graph,
  type ProgressListener,
  runBatch,
  shuffledOrder,
  type TensorData,
  upgradeOpset,
  withOutputs,
} from '@pare/core-graph'
import { type IntegerLayer, integerLayers, isDepthwise, type ProductSums, productSums } from './integer-layers.ts'

/** What the saturation of a model is found with. */
export interface SaturationContext {
  readonly executor: Executor
  /** Typical samples; labels are not used. */
  readonly source: DataSource
  /** The first of a shuffle, or of the data's own order where it cannot be shuffled. Default 16. */
  readonly samples?: number
  readonly progress?: ProgressListener
  readonly signal?: AbortSignal
}

/** How one layer would fare on a CPU whose kernels saturate. Plain JSON data. */
export interface LayerSaturation {
  readonly node: string
  readonly op: string
  /** Pairs of weights whose products can pass 16 bits, of all pairs that are added so. */
  readonly pairs: { readonly risky: number; readonly all: number }
  /**
   * Elements of the layer's output on the samples: all that there were, and those of which something was cut off. Where
   * no pair is risky none is looked at.
   */
  readonly elements: { readonly saturated: number; readonly all: number }
  /** The greatest amount that was cut off one element, as a share of the greatest magnitude that 16 bits hold. */
  readonly worst: number
}

/**
 * Which layers of an int8 model would saturate on an x86 CPU without VNNI, worked out on any machine.
 *
 * There, VPMADDUBSW multiplies u8 activations by s8 weights, adds neighbouring products in pairs and saturates at
 * 16 bits: min(max(a₀w₀ + a₁w₁, −32768), 32767); s8 activations are made u8 before, by adding 128. Neighbours are consecutive rows of the matrix; of a convolution
 * consecutive channels at one place of the kernel. Depthwise convolutions have kernels without pairs. The activations
 * are those of exact arithmetic, so what saturation in one layer does to the next is not followed.
 *
 * Compared with onnxruntime 1.30 on an emulated Haswell: every output of the layers in `saturation.test.ts` is the same.
 *
 * @returns the Conv, MatMul and Gemm layers, quantized by Q/DQ pairs or operators of their own, with 8-bit activations and
 *   constant s8 weights, in the graph's order; but for a Gemm with transA, a product of stacked matrices, a ConvInteger
 *   and what runs in bodies, whose kernels this model does not describe
 * @throws what `upgradeOpset`, `feedsOf` and the executor throw
 */
export async function saturation(model: Graph, context: SaturationContext): Promise<readonly LayerSaturation[]> {
  const { executor, source, samples = 16, progress, signal } = context
  // Shape rules describe operator set 21, and models by other tools are often older.
  const graph = upgradeOpset(model)
  const layers = integerLayers(graph).map(layer => ({ layer, found: { ...nothing, pairs: countPairs(layer) } }))
  const risky = layers.filter(({ found }) => found.pairs.risky > 0)
  if (risky.length > 0) {
    const values = [...new Set(risky.map(({ layer }) => layer.data))]
    const observed = withOutputs(graph, values)
    await using session = await executor.open(observed, { optimize: false })
    let done = 0
    const total = source.size === undefined ? undefined : Math.min(samples, source.size)
    // In the order of a folder the first samples may all be of one class.
    const wanted = { batchSize: 1, limit: samples, ...shuffledOrder(source, 0), ...(signal ? { signal } : {}) }
    for await (const batch of source.batches(wanted)) {
      for await (const { outputs } of runBatch(session, observed, batch, values))
        for (const { layer, found } of risky) {
          signal?.throwIfAborted()
          const activations = outputs[layer.data]
          if (activations) add(found, layer, activations)
        }
      done += batch.size
      progress?.({ done, total, unit: 'samples' })
    }
  }
  return layers.map(({ layer: { node }, found: { pairs, all, saturated, worst } }) => ({
    node: node.name,
    op: node.op,
    pairs,
    elements: { saturated, all },
    worst: worst / 2 ** 15,
  }))
}

const nothing = { all: 0, saturated: 0, worst: 0 }

/** What 16 bits hold. */
const most = 2 ** 15 - 1
const least = -(2 ** 15)
const greatestLevel = 255

/** Two neighbouring products of one output that can pass 16 bits. */
interface Pair {
  readonly k: number
  readonly first: number
  readonly second: number
}

const canPass = (first: number, second: number) =>
  greatestLevel * (Math.max(first, 0) + Math.max(second, 0)) > most ||
  greatestLevel * (Math.min(first, 0) + Math.min(second, 0)) < least

/** The pairs of each output that can pass 16 bits. */
const riskyPairs = ({ outputs, depth, weight }: Pick<ProductSums, 'outputs' | 'depth' | 'weight'>): readonly Pair[][] =>
  Array.from({ length: outputs }, (_, output) => {
    const pairs: Pair[] = []
    for (let k = 0; k + 1 < depth; k += 2) {
      const [first, second] = [weight(output, k), weight(output, k + 1)]
      if (canPass(first, second)) pairs.push({ k, first, second })
    }
    return pairs
  })

const noActivations = ({ weights, geometry }: IntegerLayer): TensorData => {
  const rank = geometry === 'conv' ? weights.dims.length : 2
  return { dataType: 'uint8', dims: Array<number>(rank).fill(0), data: new Uint8Array(0) }
}

function countPairs(layer: IntegerLayer): LayerSaturation['pairs'] {
  if (isDepthwise(layer)) return { risky: 0, all: 0 }
  const sums = productSums(layer, noActivations(layer))
  return {
    risky: riskyPairs(sums).reduce((sum, pairs) => sum + pairs.length, 0),
    all: sums.outputs * Math.floor(sums.depth / 2),
  }
}

/**
 * What saturation takes from each sum, [rows, outputs]: the sum of the pairs as they are, less that of the saturated ones.
 */
export function cutOff(layer: IntegerLayer, activations: TensorData): Int32Array {
  const sums = productSums(layer, activations)
  const { rows, outputs, level } = sums
  const cut = new Int32Array(rows * outputs)
  for (const [output, pairs] of riskyPairs(sums).entries())
    for (const { k, first, second } of pairs)
      for (let row = 0; row < rows; row++) {
        const sum = level(row, output, k) * first + level(row, output, k + 1) * second
        const beyond = sum > most ? sum - most : sum < least ? sum - least : 0
        if (beyond !== 0) cut[row * outputs + output] = (cut[row * outputs + output] ?? 0) + beyond
      }
  return cut
}

function add(found: { all: number; saturated: number; worst: number }, layer: IntegerLayer, activations: TensorData) {
  const cut = cutOff(layer, activations)
  found.all += cut.length
  for (const amount of cut) {
    if (amount !== 0) found.saturated++
    found.worst = Math.max(found.worst, Math.abs(amount))
  }
}
