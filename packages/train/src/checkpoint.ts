import { createBuilder, type Graph, RunError, type TensorData, tensorElements, tensorOf } from '@pare/core-graph'
import { z } from 'zod'
import type { EpochResult } from './epoch-result.ts'
import type { State } from './model-state.ts'

/** Where a training keeps its checkpoint. */
export interface CheckpointStore {
  /** Names it to the user, such as the path of its file. */
  readonly name: string
  /** What `write` was last given; undefined when there is none. */
  readonly read: () => Promise<Graph | undefined>
  /** Keeps it in place of the one before, wholly or not at all. */
  readonly write: (checkpoint: Graph) => Promise<void>
}

/** All that a training needs to go on after an epoch. */
export interface Checkpoint {
  /** What the training is: a checkpoint of another one is not taken. */
  readonly identity: string
  readonly epochs: readonly EpochResult[]
  readonly state: State
  readonly best: BestEpoch
}

/** The best epoch so far, and the model's state after it. */
export interface BestEpoch {
  readonly result: EpochResult
  readonly state: State
}

// JSON writes what is no finite number, such as an infinite validation loss, as null.
const metric = z
  .number()
  .nullable()
  .transform(value => value ?? Number.NaN)
const epochResult = z.object({
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number(),
  metrics: z.record(z.string(), metric),
})
const header = z.object({ identity: z.string(), epochs: z.array(epochResult), best: epochResult })

/**
 * Writes a checkpoint: a model without nodes, whose initializers are the state (`now/…`) and the best model's
 * (`best/…`); all else is JSON in its metadata.
 */
export async function writeCheckpoint(store: CheckpointStore, checkpoint: Checkpoint): Promise<void> {
  const { identity, epochs, state, best } = checkpoint
  await store.write({
    ...createBuilder('checkpoint').build(),
    initializers: new Map([...tensorsOf('now', state), ...tensorsOf('best', best.state)]),
    metadata: new Map([['checkpoint', JSON.stringify({ identity, epochs, best: best.result })]]),
  })
}

/**
 * Reads a checkpoint; undefined when there is none.
 * @throws RunError `RUN_CHECKPOINT` when it is none or is of another training
 */
export async function readCheckpoint(store: CheckpointStore, identity: string): Promise<Checkpoint | undefined> {
  let graph: Graph | undefined
  let read: z.output<typeof header>
  try {
    graph = await store.read()
    if (!graph) return undefined
    read = header.parse(JSON.parse(graph.metadata.get('checkpoint') ?? ''))
  } catch (cause) {
    throw unusable(store, 'is no checkpoint of a training', cause)
  }
  if (read.identity !== identity) throw unusable(store, 'is of a training with another model, data, options or seed')
  return {
    identity,
    epochs: read.epochs,
    state: stateOf('now', graph),
    best: { result: read.best, state: stateOf('best', graph) },
  }
}

const unusable = ({ name }: CheckpointStore, problem: string, cause?: unknown) =>
  new RunError({
    code: 'RUN_CHECKPOINT',
    message: `The checkpoint ${name} ${problem}.`,
    hint: 'Delete it to start from the beginning, or name another file.',
    cause,
  })

const tensorsOf = (group: string, state: State) =>
  [...state].map(([name, { dataType, dims, data }]) => [`${group}/${name}`, tensorOf(dataType, dims, data)] as const)

const stateOf = (group: string, graph: Graph): State =>
  new Map(
    [...graph.initializers].flatMap(([name, tensor]): [string, TensorData][] =>
      name.startsWith(`${group}/`) ? [[name.slice(group.length + 1), { ...tensor, data: tensorElements(tensor) }]] : [],
    ),
  )
