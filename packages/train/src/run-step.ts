import { type Batch, DataError, feedsOf, type Session, type TensorData } from '@pare/core-graph'
import type { State } from './model-state.ts'
import type { StepGraph } from './step-graph.ts'

export interface StepOutcome {
  readonly state: State
  /** Mean over the batch. */
  readonly loss: number
  /** Number of samples that were classified rightly. */
  readonly right: number
}

/**
 * Runs one training step: one run of its graph.
 * @throws DataError `DATA_LABELS` for samples without a class or of one that the model does not have; what `feedsOf` throws
 */
export async function runStep(
  session: Session,
  step: StepGraph,
  { batch, learningRate, state }: { readonly batch: Batch; readonly learningRate: number; readonly state: State },
): Promise<StepOutcome> {
  const labels = labelsOf(batch, step.classes)
  const [feeds] = feedsOf(step.model, batch)
  const outputs = await session.run({
    ...feeds?.tensors,
    [step.labels]: { dataType: 'int32', dims: [batch.size], data: labels },
    [step.learningRate]: { dataType: 'float32', dims: [], data: Float32Array.of(learningRate) },
    ...Object.fromEntries(state),
  })
  const output = (name: string): TensorData => {
    const tensor = outputs[name]
    if (tensor) return tensor
    throw new Error(`The training step has no output ${name}.`)
  }
  return {
    state: new Map([...step.state].map(([name, { next }]) => [name, output(next)])),
    loss: Number(output(step.loss).data[0]),
    right: countRight(output(step.logits), labels),
  }
}

function labelsOf({ labels }: Batch, classes: number): Int32Array {
  const wrong = labels?.find(label => label < 0 || label >= classes)
  if (labels && wrong === undefined) return labels
  throw new DataError({
    code: 'DATA_LABELS',
    message: labels
      ? `A sample has the class ${wrong}; the model has the classes 0 to ${classes - 1}.`
      : 'The training data has no labels.',
    hint: labels ? 'Correct the labels, or take a model with more classes.' : 'Give the class of each sample.',
  })
}

function countRight({ dims: [, classes = 0], data }: TensorData, labels: Int32Array): number {
  let right = 0
  for (const [row, label] of labels.entries()) {
    const scores = Array.from(data.subarray(row * classes, (row + 1) * classes), Number)
    if (scores[label] === Math.max(...scores)) right++
  }
  return right
}
