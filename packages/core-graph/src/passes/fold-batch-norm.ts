import { type AffineValues, type ChannelAffine, channelAffineOf } from '../folding/channel-affine.ts'
import { foldAffine, type Layer, layerOf } from '../folding/fold-affine.ts'
import { freshNames } from '../fresh-names.ts'
import type { Graph, Node } from '../graph.ts'
import { useCount } from '../graph-index.ts'
import { inferTypes } from '../infer.ts'
import { definePass, type PassRefusal } from '../pass.ts'
import { elementCount, type Tensor } from '../tensor.ts'

/**
 * A BatchNormalization goes into the Conv, ConvTranspose, Gemm or MatMul before it, and so does a scale or a shift of
 * a Conv's channels by a constant. The layer takes over the output's name.
 *
 *     c = Conv(x, W, b); y = BatchNormalization(c, γ, β, μ, σ²)   →   y = Conv(x, W′, b′)
 *     a = γ / √(σ² + ε);  W′ = a·W;  b′ = a·(b − μ) + β
 */
export const foldBatchNorm = definePass({
  id: 'fold-batch-norm',
  description: 'Fold BatchNormalization, and constant scales and shifts of channels, into the layer before them.',
  requires: ['opset-21', 'constants-folded'],
  ensures: ['batch-norm-folded'],
  run: graph => {
    const fresh = freshNames(graph)
    const initializers = new Map(graph.initializers)
    const nodes = new Map<string, Node>()
    const producers = new Map<string, Node>()
    const refusals: PassRefusal[] = []
    const put = (node: Node) => {
      nodes.set(node.name, node)
      for (const output of node.outputs) producers.set(output, node)
    }
    for (const node of graph.nodes) {
      const affine = channelAffineOf(node, name => initializers.get(name))
      const match = affine && matchOf(graph, node, affine, producers.get(affine.input), initializers)
      if (typeof match === 'string') refusals.push({ node: node.name, reason: match })
      if (!match || typeof match === 'string') {
        put(node)
        continue
      }
      const { producer, layer, values, weight, bias } = match
      const [input = '', weightName = '', biasName = ''] = producer.inputs
      const folded = foldAffine(layer, weight, bias, values)
      const newBias = biasName && useCount(graph, biasName) <= 1 ? biasName : fresh(`${producer.name}/bias`)
      initializers.set(weightName, folded.weight)
      initializers.set(newBias, folded.bias)
      put({
        ...producer,
        ...layer.rewrite(producer),
        inputs: [input, weightName, newBias],
        outputs: [node.outputs[0] ?? ''],
      })
    }
    const changed = graph.nodes.length - nodes.size
    return { graph: changed === 0 ? graph : { ...graph, nodes: [...nodes.values()], initializers }, changed, refusals }
  },
})

interface Match {
  readonly producer: Node
  readonly layer: Layer
  readonly values: AffineValues
  readonly weight: Tensor
  readonly bias: Tensor | undefined
}

/** What folds into what; a string says why it cannot; undefined where there is nothing to fold. */
function matchOf(
  graph: Graph,
  node: Node,
  affine: ChannelAffine,
  producer: Node | undefined,
  initializers: ReadonlyMap<string, Tensor>,
): Match | string | undefined {
  const isNorm = node.op === 'BatchNormalization'
  // Behind a Gemm or MatMul an Add is its bias, and a Mul often no scale of channels: only a BatchNormalization is looked for.
  const isLayer = producer?.domain === '' && (isNorm ? normLayers : scaleLayers).has(producer.op)
  if (!producer || !isLayer)
    return isNorm ? `no layer stands before it${producer ? `, but ${producer.op}` : ''}` : undefined
  const [input = '', weightName = '', biasName = ''] = producer.inputs
  const weight = initializers.get(weightName)
  if (!weight) return isNorm ? `the weight of ${producer.name} is no constant` : undefined
  const layer = layerOf(producer, weight, inferTypes(graph).values.get(input)?.shape?.length)
  if (!layer) return `the channels of ${producer.name} (${producer.op}) are not on axis 1`
  const values = affine.of(layer.channels, layer.rank)
  if (values === undefined || typeof values === 'string') return values
  const bias = biasName ? initializers.get(biasName) : undefined
  const reason = refusalOf(graph, node, affine, producer, { layer, values, weight, bias })
  return reason ?? { producer, layer, values, weight, bias }
}

const normLayers = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])
const scaleLayers = new Set(['Conv', 'ConvTranspose'])

function refusalOf(
  graph: Graph,
  node: Node,
  { input }: ChannelAffine,
  producer: Node,
  { layer, values, weight, bias }: Omit<Match, 'producer'>,
): string | undefined {
  const [, weightName = '', biasName = ''] = producer.inputs
  if (node.outputs.slice(1).some(output => useCount(graph, output) > 0)) return 'its statistics are read'
  if (useCount(graph, input) !== 1) return `the output of ${producer.name} is read elsewhere too`
  const reads = producer.inputs.filter(name => name !== '')
  if (new Set(reads).size < reads.length) return `${producer.name} reads one value twice`
  if (useCount(graph, weightName) !== 1) return `the weight ${weightName} is shared with other nodes`
  if (weight.dataType !== 'float32' && weight.dataType !== 'float64')
    return `the weight ${weightName} is ${weight.dataType}`
  if (biasName && !bias) return `the bias of ${producer.name} is no constant`
  if (bias && !isRow(bias.dims, layer.channels)) return `the bias of ${producer.name} is not one number a channel`
  if (![...values.scale, ...values.shift].every(Number.isFinite)) return 'its scale or shift is not finite'
  return undefined
}

/** One number for all channels, or one a channel on the last axis (C of Gemm may be `[1, N]`). */
const isRow = (dims: readonly number[], channels: number) =>
  elementCount(dims) === 1 || (dims.at(-1) === channels && elementCount(dims) === channels)
