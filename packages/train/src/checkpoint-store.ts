import { type Graph, RunError } from '@pare/core-graph'

/** Where a training keeps its checkpoints, such as the files of a folder. */
export interface CheckpointStore {
  /** Names it to the user, such as the path of its folder. */
  readonly name: string
  /** Names of the checkpoints in it, in any order. */
  readonly list: () => Promise<readonly string[]>
  readonly read: (checkpoint: string) => Promise<Graph>
  /** Keeps a checkpoint, wholly or not at all: also when the process is killed meanwhile. One of the same name is replaced. */
  readonly write: (checkpoint: string, graph: Graph) => Promise<void>
  readonly remove: (checkpoint: string) => Promise<void>
}

/** Where in a training a checkpoint is: after so many epochs, and so many steps of the next one. */
export interface Place {
  readonly epochs: number
  readonly steps: number
}

/** A checkpoint's name, such as `0003-000120`: names are in the order of their places. */
export const nameOf = ({ epochs, steps }: Place): string =>
  `${String(epochs).padStart(4, '0')}-${String(steps).padStart(6, '0')}`

/** The checkpoints of a store, oldest first. */
export async function checkpointsIn(store: CheckpointStore): Promise<readonly (Place & { readonly name: string })[]> {
  const places = (await store.list()).flatMap(name => {
    const [, epochs, steps] = /^(\d{4,})-(\d{6,})$/.exec(name) ?? []
    return epochs === undefined ? [] : [{ name, epochs: Number(epochs), steps: Number(steps) }]
  })
  return places.toSorted((a, b) => a.epochs - b.epochs || a.steps - b.steps)
}

/**
 * Removes all checkpoints but the newest, and the newest ones of whole epochs: when they were made within epochs may
 * depend on the clock, but what is left in the end must not.
 */
export async function removeOld(store: CheckpointStore, keep: number): Promise<void> {
  const places = await checkpointsIn(store)
  const wholes = places.filter(({ steps }) => steps === 0).slice(-keep)
  for (const place of places.slice(0, -1)) if (!wholes.includes(place)) await store.remove(place.name)
}

/** The error of a checkpoint that a training cannot go on from. */
export const unusable = ({ name }: CheckpointStore, checkpoint: string, problem: string, cause?: unknown) =>
  new RunError({
    code: 'RUN_CHECKPOINT',
    message: `The checkpoint ${checkpoint} in ${name} ${problem}.`,
    hint: 'Delete it to go on from the one before, or from the beginning where there is none; or name another place.',
    cause,
  })
