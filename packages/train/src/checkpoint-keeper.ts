import { type Checkpoint, writeCheckpoint } from './checkpoint.ts'
import { type CheckpointStore, nameOf } from './checkpoint-store.ts'
import type { EpochSums } from './epoch-sums.ts'
import type { State } from './model-state.ts'
import type { TrainOptions } from './train-options.ts'

/** Keeps the checkpoints of one training. */
export interface CheckpointKeeper {
  /** Names the newest one to the user; undefined when there is none. */
  readonly newest: () => string | undefined
  /** Whether the options ask for one after the steps that are done of an epoch. */
  readonly isDue: (sums: EpochSums) => boolean
  /** Writes one, unless there is one of this place or nowhere to write it. */
  readonly keep: (progress: Omit<Checkpoint, 'identity' | 'state'>, state: () => Promise<State>) => Promise<void>
}

/** @param saved what the training goes on from */
export function checkpointKeeper(
  store: CheckpointStore | undefined,
  identity: string,
  options: Pick<TrainOptions, 'accumulate' | 'checkpointEvery' | 'keep'>,
  saved: Checkpoint | undefined,
): CheckpointKeeper {
  const placeOf = ({ epochs, sums }: Pick<Checkpoint, 'epochs' | 'sums'>) =>
    nameOf({ epochs: epochs.length, steps: sums.steps })
  let last = { place: saved && placeOf(saved), time: performance.now() }
  return {
    newest: () => (store && last.place ? `${last.place} in ${store.name}` : undefined),
    isDue: sums => {
      if (!store) return false
      const { steps, minutes = Number.POSITIVE_INFINITY } = options.checkpointEvery
      const updates = sums.steps / options.accumulate
      return (steps !== undefined && updates % steps === 0) || performance.now() - last.time >= 60_000 * minutes
    },
    keep: async (progress, state) => {
      const place = placeOf(progress)
      if (!store || place === last.place) return
      await writeCheckpoint(store, { identity, ...progress, state: await state() }, options.keep)
      last = { place, time: performance.now() }
    },
  }
}
