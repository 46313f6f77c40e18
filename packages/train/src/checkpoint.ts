import { createBuilder, type Graph, type TensorData, tensorElements, tensorOf } from '@pare/core-graph'
import { z } from 'zod'
import { type CheckpointStore, checkpointsIn, nameOf, removeOld, unusable } from './checkpoint-store.ts'
import type { EpochResult } from './epoch-result.ts'
import type { EpochSums } from './epoch-sums.ts'
import { namesOfModel, type State } from './model-state.ts'
import type { StepGraph } from './step-graph.ts'

/**
 * All that a training needs to go on. Its random numbers (order of the samples, their changes) are functions of the
 * seed and of the place in the data, so that the place is the state of the generator too.
 */
export interface Checkpoint {
  /** What the training is: a checkpoint of another one is not taken. */
  readonly identity: string
  /** The finished epochs, of which each has its results. */
  readonly epochs: readonly EpochResult[]
  /** The steps of the epoch that is not finished. */
  readonly sums: EpochSums
  readonly state: State
  /** Undefined before the first evaluation. */
  readonly best: BestEpoch | undefined
}

/** The best epoch so far, and the model's tensors after it. */
export interface BestEpoch {
  readonly result: EpochResult
  readonly tensors: State
}

// JSON has no infinite validation loss, but a resumed run must compare it as the one that found it did.
const figure = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)])
const withFigures = (_: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
const figures = z.record(z.string(), figure)
const epochResult = z.object({
  epoch: z.number(),
  loss: z.number(),
  terms: figures,
  accuracy: z.number().exactOptional(),
  metrics: figures,
})
const header = z.object({
  identity: z.string(),
  epochs: z.array(epochResult),
  sums: z.object({ steps: z.number(), loss: z.number(), terms: figures, right: z.number().optional() }),
  best: epochResult.optional(),
})

/**
 * Writes a checkpoint, and removes those that are too old: a model without nodes, whose initializers are the state
 * (`now/…`) and the best model's tensors (`best/…`); all else is JSON in its metadata.
 * @param keep how many of whole epochs stay
 */
export async function writeCheckpoint(store: CheckpointStore, checkpoint: Checkpoint, keep: number): Promise<void> {
  const { identity, epochs, sums, state, best } = checkpoint
  await store.write(nameOf({ epochs: epochs.length, steps: sums.steps }), {
    ...createBuilder('checkpoint').build(),
    initializers: new Map([...tensorsOf('now', state), ...tensorsOf('best', best?.tensors ?? new Map())]),
    metadata: new Map([['checkpoint', JSON.stringify({ identity, epochs, sums, best: best?.result }, withFigures)]]),
  })
  await removeOld(store, keep)
}

/**
 * Reads the newest checkpoint; undefined when there is none.
 * @throws RunError `RUN_CHECKPOINT` when it is none, or is of another training or another version's
 */
export async function readCheckpoint(
  store: CheckpointStore,
  identity: string,
  step: StepGraph,
): Promise<Checkpoint | undefined> {
  const newest = (await checkpointsIn(store)).at(-1)?.name
  if (newest === undefined) return undefined
  let graph: Graph
  let read: z.output<typeof header>
  try {
    graph = await store.read(newest)
    read = header.parse(JSON.parse(graph.metadata.get('checkpoint') ?? ''))
  } catch (cause) {
    throw unusable(store, newest, 'is no checkpoint of a training, or one of another version of Pare', cause)
  }
  if (read.identity !== identity)
    throw unusable(store, newest, 'is of a training with another model, data, options or seed')
  const state = stateOf('now', graph)
  const best = read.best && { result: read.best, tensors: stateOf('best', graph) }
  if (!isOf(state, step, [...step.state.keys()]) || (best && !isOf(best.tensors, step, namesOfModel(step))))
    throw unusable(store, newest, 'has other tensors than the training: it is one of another version of Pare')
  return { identity, epochs: read.epochs, sums: read.sums, state, best }
}

/** Whether it has the tensors of these names as the step has them, and no others. */
const isOf = (state: State, step: StepGraph, names: readonly string[]): boolean =>
  state.size === names.length &&
  names.every(name => {
    const [own, wanted] = [state.get(name), step.state.get(name)?.initial]
    return own?.dataType === wanted?.dataType && `${own?.dims}` === `${wanted?.dims}`
  })

const tensorsOf = (group: string, state: State) =>
  [...state].map(([name, { dataType, dims, data }]) => [`${group}/${name}`, tensorOf(dataType, dims, data)] as const)

const stateOf = (group: string, graph: Graph): State =>
  new Map(
    [...graph.initializers].flatMap(([name, tensor]): [string, TensorData][] =>
      name.startsWith(`${group}/`) ? [[name.slice(group.length + 1), { ...tensor, data: tensorElements(tensor) }]] : [],
    ),
  )
