import { type Batch, DataError, feedsOf, type Session, type TensorData, type TensorMap } from '@pare/core-graph'
import type { State } from './model-state.ts'
import type { StepGraph } from './step-graph.ts'

/** What a step says of its batch. */
export interface StepResult {
  /** Mean over the batch, all terms with their weights. */
  readonly loss: number
  /** Each term without its weight. */
  readonly terms: Readonly<Record<string, number>>
  /** Number of samples that were classified rightly; undefined without labels or without scores of classes. */
  readonly right: number | undefined
}

/**
 * What a step takes beside its state; the learning rate is left out for its accumulation.
 * @throws DataError `DATA_LABELS` for samples without a class or of one that the model does not have; what `feedsOf` throws
 */
export function stepFeeds(
  { model, feeds }: Pick<StepGraph, 'model' | 'feeds'>,
  batch: Batch,
  learningRate?: number,
): TensorMap {
  const [own] = feedsOf(model, batch)
  const { targets } = feeds
  return {
    ...own?.tensors,
    ...(targets && { [targets.name]: { dataType: 'float32', dims: targets.dims, data: targetsOf(batch, targets) } }),
    ...(learningRate !== undefined && {
      [feeds.learningRate]: { dataType: 'float32', dims: [], data: Float32Array.of(learningRate) },
    }),
  }
}

/** Reads what a step says of its batch from its outputs. */
export function stepResult(
  { outputs }: StepGraph,
  { labels, mixed }: Pick<Batch, 'labels' | 'mixed'>,
  fetched: TensorMap,
): StepResult {
  const scalar = (name: string) => Number(outputOf(fetched, name).data[0])
  const terms = Array.from(outputs.terms, ([name, output]) => [name, scalar(output)] as const)
  const main = labels?.map((label, row) => ((mixed?.shares[row] ?? 1) < 0.5 ? (mixed?.labels[row] ?? label) : label))
  return {
    loss: scalar(outputs.loss),
    terms: Object.fromEntries(terms),
    right: outputs.logits && main ? countRight(outputOf(fetched, outputs.logits), main) : undefined,
  }
}

/** Runs one step without keeping its state: one run of its graph. */
export async function runStep(
  session: Session,
  step: StepGraph,
  { batch, learningRate, state }: { readonly batch: Batch; readonly learningRate?: number; readonly state: State },
): Promise<StepResult & { readonly state: State }> {
  const inputs = [...state].filter(([name]) => session.inputNames.includes(name))
  const fetched = await session.run({ ...stepFeeds(step, batch, learningRate), ...Object.fromEntries(inputs) })
  const next = Array.from(step.state, ([name, { next }]) => [name, fetched[next] ?? state.get(name)] as const)
  return {
    ...stepResult(step, batch, fetched),
    state: new Map(next.flatMap(([name, tensor]) => (tensor ? [[name, tensor]] : []))),
  }
}

function outputOf(fetched: TensorMap, name: string): TensorData {
  const tensor = fetched[name]
  if (tensor) return tensor
  throw new Error(`The training step has no output ${name}.`)
}

type TargetsOf = NonNullable<StepGraph['feeds']['targets']>

/** Rows of 1 − ε + ε/K for a sample's class and ε/K for each other, or of the shares of two classes where it is mixed. */
function targetsOf({ labels, mixed, size }: Batch, { dims: [, classes], labelSmoothing }: TargetsOf): Float32Array {
  if (!labels)
    throw new DataError({
      code: 'DATA_LABELS',
      message: 'The training data has no labels.',
      hint: 'Give the class of each sample.',
    })
  const targets = new Float32Array(size * classes).fill(labelSmoothing / classes)
  const add = (row: number, label: number, share: number) => {
    if (label < 0 || label >= classes)
      throw new DataError({
        code: 'DATA_LABELS',
        message: `A sample has the class ${label}; the model has the classes 0 to ${classes - 1}.`,
        hint: 'Correct the labels, or take a model with more classes.',
      })
    const place = row * classes + label
    targets[place] = (targets[place] ?? 0) + (1 - labelSmoothing) * share
  }
  for (const [row, label] of labels.entries()) {
    const share = mixed?.shares[row] ?? 1
    add(row, label, share)
    if (mixed) add(row, mixed.labels[row] ?? label, 1 - share)
  }
  return targets
}

function countRight({ dims: [, classes = 0], data }: TensorData, labels: Int32Array): number {
  let right = 0
  for (const [row, label] of labels.entries()) {
    const scores = Array.from(data.subarray(row * classes, (row + 1) * classes), Number)
    if (scores[label] === Math.max(...scores)) right++
  }
  return right
}
