import { createBuilder, type Graph, type GraphBuilder, type Node, type Value } from '@pare/core-graph'
import { sizesOf } from './shapes.ts'

/** A BatchNormalization that learns: its running statistics, which are initializers, and the batch's own. */
export interface BatchStatistics {
  readonly node: Node
  readonly runningMean: string
  readonly runningVariance: string
  readonly batchMean: string
  readonly batchVariance: string
  /** Share of a running average that stays at each step. */
  readonly momentum: number
}

/** The node's, 0.9 where it has none; rounded to what was meant, since files have float32 and 1 − 0.9 would be off. */
function momentumOf({ attributes: { momentum } }: Node): number {
  return momentum?.kind === 'float' ? Number(momentum.value.toPrecision(7)) : 0.9
}

/**
 * BatchNormalization in training form: normalizes with the mean and the variance of the batch and gives them as
 * outputs, which are the ONNX operator's running statistics for a momentum of 0. Nodes whose statistics are no
 * initializers, and those that do not learn, stay as they are.
 */
export function trainingForm(
  graph: Graph,
  learns: (node: Node) => boolean = () => true,
): { readonly graph: Graph; readonly statistics: readonly BatchStatistics[] } {
  const statistics: BatchStatistics[] = []
  const b = createBuilder({ ...graph, nodes: [], outputs: [] })
  const nodes = graph.nodes.map(node => {
    const [x = '', scale = '', shift = '', runningMean = '', runningVariance = ''] = node.inputs
    if (node.op !== 'BatchNormalization' || node.domain !== '' || !learns(node)) return node
    if (!graph.initializers.has(runningMean) || !graph.initializers.has(runningVariance)) return node
    const batchMean = `${node.name}/batch_mean`
    const batchVariance = `${node.name}/batch_variance`
    const unused = b.scope(node.name, () => [runningMean, runningVariance].map(name => blank(b, b.value(name)).name))
    const training: Node = {
      name: node.name,
      op: node.op,
      domain: node.domain,
      inputs: [x, scale, shift, ...unused],
      outputs: [node.outputs[0] ?? '', batchMean, batchVariance],
      attributes: {
        ...node.attributes,
        training_mode: { kind: 'int', value: 1 },
        momentum: { kind: 'float', value: 0 },
      },
    }
    const momentum = momentumOf(node)
    statistics.push({ node: training, runningMean, runningVariance, batchMean, batchVariance, momentum })
    return training
  })
  const { nodes: blanks, initializers } = b.build()
  return { graph: { ...graph, nodes: [...blanks, ...nodes], initializers }, statistics }
}

/**
 * What stands in for the running statistics, which have no effect on a node with the momentum 0: it must not be given
 * them themselves, since onnxruntime's kernel writes the batch's over them (`Alias(3, 1)` and `Alias(4, 2)` in
 * core/providers/cpu/nn/batch_norm.cc), nor a constant, which the runtime might share between nodes.
 */
const blank = (b: GraphBuilder, statistic: Value): Value => b.Sub(statistic, statistic)

/**
 * The running statistics after a step, by their names: of the old ones the node's momentum, of the batch's the rest. The
 * batch's variance, Σ(x − μ)²/M, is made unbiased, Σ(x − μ)²/(M − 1), first: what is kept estimates the variance of all
 * the data.
 */
export function nextAverages(
  b: GraphBuilder,
  { node, momentum, ...statistics }: BatchStatistics,
): ReadonlyMap<string, Value> {
  const [count = 1, , ...spatial] = sizesOf(b.value(node.inputs[0] ?? ''))
  const elements = spatial.reduce((product, size) => product * size, count)
  const mix = (running: string, batch: string, factor: number) => {
    const old = b.value(running)
    return b.Add(
      b.Mul(old, b.scalar(momentum, old.dataType)),
      b.Mul(b.value(batch), b.scalar((1 - momentum) * factor, old.dataType)),
    )
  }
  return new Map([
    [statistics.runningMean, mix(statistics.runningMean, statistics.batchMean, 1)],
    [statistics.runningVariance, mix(statistics.runningVariance, statistics.batchVariance, elements / (elements - 1))],
  ])
}
