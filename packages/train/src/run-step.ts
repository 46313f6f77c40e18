import type { Batch, Session, TensorData } from '@pare/core-graph'
import type { State } from './model-state.ts'
import type { StepGraph } from './step-graph.ts'

export interface StepOutcome {
  readonly state: State
  /** Mean over the batch. */
  readonly loss: number
  /** Number of samples that were classified rightly. */
  readonly right: number
}

/** Runs one training step: a run of the graph. */
export async function runStep(
  session: Session,
  step: StepGraph,
  feeds: { readonly batch: Batch; readonly labels: Int32Array; readonly learningRate: number; readonly state: State },
): Promise<StepOutcome> {
  const { batch, labels, learningRate, state } = feeds
  const outputs = await session.run({
    ...batch.inputs,
    [step.labels]: { dataType: 'int32', dims: [batch.size], data: labels },
    [step.learningRate]: { dataType: 'float32', dims: [], data: Float32Array.of(learningRate) },
    ...Object.fromEntries(state),
  })
  const output = (name: string): TensorData => {
    const tensor = outputs[name]
    if (!tensor) throw new Error(`The training step has no output ${name}.`)
    return tensor
  }
  return {
    state: new Map([...step.state].map(([name, { next }]) => [name, output(next)])),
    loss: Number(output(step.loss).data[0]),
    right: countRight(output(step.logits), labels),
  }
}

function countRight({ dims: [, classes = 0], data }: TensorData, labels: Int32Array): number {
  const scores = data as Float32Array
  let right = 0
  for (const [row, label] of labels.entries()) {
    const own = scores.subarray(row * classes, (row + 1) * classes)
    if (own[label] === own.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY)) right++
  }
  return right
}
