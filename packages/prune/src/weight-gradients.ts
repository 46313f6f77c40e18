import { DataError, type DataSource, type Executor, type Graph, graphIndex } from '@pare/core-graph'
import { lossGradients } from '@pare/train'
import type { ChannelMember } from './channels/channel-groups.ts'

/** What gradients are taken with. */
export interface GradientSetup {
  readonly executor: Executor
  readonly train?: DataSource
  readonly samples: number
  readonly batchSize: number
  readonly seed: number
  readonly signal: AbortSignal
}

/**
 * The gradients of the cross-entropy of the model's classes by weights, batch by batch: by the names of the weights.
 * BatchNormalization takes its running statistics, as in the model that is pruned.
 * @throws DataError `DATA_LABELS` without labels; what `lossGradients` throws, such as ModelError `MODEL_TRAIN` for a
 *   model that is no classifier
 */
export async function* weightGradients(
  graph: Graph,
  weights: readonly ChannelMember[],
  { executor, train: source, samples, batchSize, seed, signal }: GradientSetup,
): AsyncGenerator<ReadonlyMap<string, Float32Array>> {
  if (!source?.labelled)
    throw new DataError({
      code: 'DATA_LABELS',
      message: 'The importance taylor takes the gradient of the loss, and the training data has no labels.',
      hint: 'Give labels, or another importance: zeros looks at data without labels, l1-norm at none.',
    })
  const by = [...new Set(weights.map(({ tensor }) => tensor))].filter(
    name => graph.initializers.get(name)?.dataType === 'float32',
  )
  const options = { loss: [{ loss: 'cross-entropy' as const, logits: logitsOf(graph) }] }
  for await (const { gradients } of lossGradients(graph, {
    by,
    source,
    executor,
    options,
    samples,
    batchSize,
    seed,
    signal,
  }))
    yield new Map(
      Object.entries(gradients).flatMap(([name, { data }]) => (data instanceof Float32Array ? [[name, data]] : [])),
    )
}

/** Class probabilities are made of logits by the last node. */
function logitsOf(graph: Graph): string {
  const name = graph.outputs[0]?.name ?? ''
  const node = graphIndex(graph).producer.get(name)
  return (node?.op === 'Softmax' ? node.inputs[0] : undefined) ?? name
}
