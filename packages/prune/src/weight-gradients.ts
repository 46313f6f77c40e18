import {
  createBuilder,
  DataError,
  type DataSource,
  type Executor,
  feedsOf,
  fixedBatchSize,
  type Graph,
  graphIndex,
  ModelError,
  tensorFor,
  withInputShapes,
  withOutputs,
} from '@pare/core-graph'
import { gradients } from '@pare/train'
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
 * @throws DataError `DATA_LABELS` without labels, `DATA_EMPTY` without a full batch; ModelError `MODEL_GRADIENT`,
 *   `MODEL_TRAIN` for a model that is no classifier
 */
export async function* weightGradients(
  graph: Graph,
  weights: readonly ChannelMember[],
  { executor, train: source, samples, batchSize: wished, seed, signal }: GradientSetup,
): AsyncGenerator<ReadonlyMap<string, Float32Array>> {
  if (!source?.labelled)
    throw new DataError({
      code: 'DATA_LABELS',
      message: 'The importance taylor takes the gradient of the loss, and the training data has no labels.',
      hint: 'Give labels, or another importance: zeros looks at data without labels, l1-norm at none.',
    })
  const batchSize = fixedBatchSize(graph) ?? wished
  const names = [...new Set(weights.map(({ tensor }) => tensor))].filter(
    name => graph.initializers.get(name)?.dataType === 'float32',
  )
  let opened: Awaited<ReturnType<typeof open>> | undefined
  const open = async (model: Graph) => {
    const { graph: withLoss, loss, targets, classes } = withCrossEntropy(model, batchSize)
    const made = gradients(withLoss, loss, names)
    const backward = withOutputs(made.graph, [...made.gradients.values()])
    return { backward, made: made.gradients, targets, classes, session: await executor.open(backward) }
  }
  try {
    for await (const batch of source.batches({
      batchSize,
      limit: samples,
      dropLast: true,
      signal,
      ...(source.shuffles !== false && { shuffle: { seed, epoch: 0 } }),
    })) {
      signal.throwIfAborted()
      opened ??= await open(fixed(graph, batch))
      const { session, made, targets, classes, backward } = opened
      const oneHot = new Float32Array(batch.size * classes)
      for (const [row, label] of (batch.labels ?? []).entries()) oneHot[row * classes + label] = 1
      const inputs = Object.fromEntries(
        graph.inputs.flatMap(({ name }) => {
          const tensor = tensorFor(name, graph, batch)
          return tensor ? [[name, tensor]] : []
        }),
      )
      const fed = { ...inputs, [targets]: { dataType: 'float32' as const, dims: [batch.size, classes], data: oneHot } }
      for (const { tensors } of feedsOf(backward, { ...batch, inputs: fed })) {
        const outputs = await session.run(tensors)
        yield new Map(
          [...made].flatMap(([name, gradient]) => {
            const data = outputs[gradient]?.data
            return data instanceof Float32Array ? [[name, data] as const] : []
          }),
        )
      }
    }
  } finally {
    await opened?.session.dispose()
  }
  if (!opened)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: `There is no full batch of ${batchSize} training samples to take gradients of.`,
      hint: 'Give more samples, or make batchSize smaller.',
    })
}

/** The graph for inputs of the batch's shapes, since gradient rules ask for sizes. */
const fixed = (graph: Graph, batch: Parameters<typeof tensorFor>[2]): Graph =>
  withInputShapes(
    graph,
    Object.fromEntries(
      graph.inputs.flatMap(({ name }) => {
        const tensor = tensorFor(name, graph, batch)
        return tensor ? [[name, tensor.dims]] : []
      }),
    ),
  )

/** Adds L = −1/N Σₙ Σₖ tₙₖ·log softmax(logits)ₙₖ with the input t. */
function withCrossEntropy(graph: Graph, batchSize: number) {
  const [output] = graph.outputs
  const node = graphIndex(graph).producer.get(output?.name ?? '')
  // Class probabilities are made of logits by the last node.
  const name = node?.op === 'Softmax' ? node.inputs[0] : output?.name
  const b = createBuilder(graph)
  return b.scope('importance', () => {
    const logits = b.value(name ?? '')
    const classes = logits.shape?.[1]
    if (logits.shape?.length !== 2 || typeof classes !== 'number')
      throw new ModelError({
        code: 'MODEL_TRAIN',
        message: `The model ${graph.name} is no classifier: its first output must be [N, classes].`,
        hint: 'Choose another importance than taylor.',
      })
    const targets = b.input('importance/targets', 'float32', [batchSize, classes])
    const likelihood = b.Mul(b.LogSoftmax(logits, { axis: 1 }), targets)
    const loss = b.Mul(b.ReduceSum(likelihood, undefined, { keepdims: 0 }), b.scalar(-1 / batchSize))
    return { graph: b.build(), loss: loss.name, targets: targets.name, classes }
  })
}
