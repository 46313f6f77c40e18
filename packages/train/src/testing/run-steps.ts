import { type Batch, type Graph, type TensorMap, withInputShapes } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expandComposites } from '../composites/expand-composites.ts'
import { initialState, type State } from '../model-state.ts'
import { runStep, type StepResult } from '../run-step.ts'
import { type StepAdditions, type StepGraph, stepGraph } from '../step-graph.ts'
import { type TrainOptionsInput, trainOptions } from '../train-options.ts'

/** A batch in plain numbers: tensors by name, each `[N, …]` as the model's input says. */
export interface PlainBatch {
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly labels?: readonly number[]
  readonly mixed?: { readonly labels: readonly number[]; readonly shares: readonly number[] }
}

export interface Steps {
  readonly options?: TrainOptionsInput
  readonly learningRate: number
  readonly additions?: StepAdditions
}

/** What steps made of a model. */
export interface StepsRun {
  readonly step: StepGraph
  readonly results: readonly StepResult[]
  /** The state before the first step, and after each. */
  readonly states: readonly State[]
  /** A tensor of the state after so many steps. */
  readonly value: (name: string, after: number) => readonly number[]
}

/** Runs one step for each batch; with `accumulate`, all but every so many only add their gradients. */
export async function runSteps(model: Graph, batches: readonly PlainBatch[], given: Steps): Promise<StepsRun> {
  const size = sizeOf(model, batches[0])
  const options = trainOptions.parse({ optimizer: { momentum: 0, weightDecay: 0 }, ...given.options })
  const shapes = model.inputs.map(({ name }) => [name, [size, ...sampleOf(model, name)]] as const)
  const step = stepGraph(withInputShapes(model, Object.fromEntries(shapes)), options, given.additions)
  const executor = createExecutor({ threads: 1 })
  await using update = await executor.open(expandComposites(step.graph))
  await using accumulation = await executor.open(expandComposites(step.accumulation ?? step.graph))
  const states: State[] = [initialState(step)]
  const results: StepResult[] = []
  for (const [index, batch] of batches.entries()) {
    const updates = (index + 1) % options.accumulate === 0
    const { state, ...result } = await runStep(updates ? update : accumulation, step, {
      batch: batchOf(model, batch, size),
      state: states.at(-1) ?? new Map(),
      ...(updates && { learningRate: given.learningRate }),
    })
    states.push(state)
    results.push(result)
  }
  return { step, results, states, value: (name, after) => Array.from(states[after]?.get(name)?.data ?? [], Number) }
}

const sampleOf = (model: Graph, name: string): readonly number[] =>
  (model.inputs.find(input => input.name === name)?.type?.shape?.slice(1) ?? []).map(Number)

function sizeOf(model: Graph, batch: PlainBatch | undefined): number {
  const [[name, data] = ['', []]] = Object.entries(batch?.inputs ?? {})
  return data.length / sampleOf(model, name).reduce((product, length) => product * length, 1)
}

function batchOf(model: Graph, { inputs, labels, mixed }: PlainBatch, size: number): Batch {
  const tensors: TensorMap = Object.fromEntries(
    Object.entries(inputs).map(([name, data]) => [
      name,
      { dataType: 'float32', dims: [size, ...sampleOf(model, name)], data: Float32Array.from(data) },
    ]),
  )
  return {
    inputs: tensors,
    labels: labels && Int32Array.from(labels),
    ...(mixed && { mixed: { labels: Int32Array.from(mixed.labels), shares: Float32Array.from(mixed.shares) } }),
    size,
  }
}
