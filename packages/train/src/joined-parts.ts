import { type Batch, type Graph, ModelError, type TrainableTensor, type TrainingPart } from '@pare/core-graph'
import type { Frozen } from './frozen.ts'
import type { LossTerm } from './loss.ts'

/** A model, and all that its training is joined by, in the order of the parts. */
export interface Joined {
  /** With what only the training reads. */
  readonly graph: Graph
  readonly terms: readonly LossTerm[]
  readonly trainable: readonly TrainableTensor[]
  readonly frozen: readonly Frozen[]
  readonly state: ReadonlyMap<string, string>
}

/** @throws ModelError `MODEL_TRAIN` when a part does not leave the outputs as they are */
export function joined(model: Graph, parts: readonly TrainingPart[]): Joined {
  const graph = parts.reduce((graph, { extend }) => extend?.(graph) ?? graph, model)
  if (`${graph.outputs.map(({ name }) => name)}` !== `${model.outputs.map(({ name }) => name)}`)
    throw new ModelError({
      code: 'MODEL_TRAIN',
      message: `What joins the training of ${model.name} changes its outputs: to ${graph.outputs.map(({ name }) => name).join(', ')}.`,
      hint: 'An `extend` of your own adds nodes, initializers and inputs, and leaves the outputs as they are.',
    })
  return {
    graph,
    terms: parts.flatMap(
      ({ terms = [] }) => (typeof terms === 'function' ? terms(graph) : terms) as readonly LossTerm[],
    ),
    trainable: parts.flatMap(({ trainable = [] }) =>
      trainable.map(tensor => (typeof tensor === 'string' ? { name: tensor, gradientScale: 1 } : tensor)),
    ),
    frozen: parts.flatMap(({ frozen = [] }) => frozen),
    state: new Map(parts.flatMap(({ state = [] }) => [...state])),
  }
}

/** Batches with what the parts feed beside their own inputs. */
export async function* fed(batches: AsyncIterable<Batch>, parts: readonly TrainingPart[]): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    let { inputs } = batch
    for (const { feeds } of parts) if (feeds) inputs = { ...inputs, ...(await feeds(batch)) }
    yield { ...batch, inputs }
  }
}
