import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import {
  createBuilder,
  type Graph,
  loadModel,
  RunError,
  saveModel,
  type TensorData,
  tensorElements,
  tensorOf,
} from '@pare/core-graph'
import { z } from 'zod'
import type { EpochResult } from './epoch-result.ts'
import type { State } from './model-state.ts'

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

const epochResult = z.object({
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number(),
  metrics: z.record(z.string(), z.number()),
})
const header = z.object({ identity: z.string(), epochs: z.array(epochResult), best: epochResult })

/**
 * Writes a checkpoint: an ONNX file without nodes, whose initializers are the state (`now/…`) and the best model's
 * (`best/…`); all else is JSON in its metadata. Either the whole file is there afterwards, or the one before it.
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { identity, epochs, state, best } = checkpoint
  const graph: Graph = {
    ...createBuilder('checkpoint').build(),
    initializers: new Map([...tensorsOf('now', state), ...tensorsOf('best', best.state)]),
    metadata: new Map([['checkpoint', JSON.stringify({ identity, epochs, best: best.result })]]),
  }
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, saveModel(graph).model)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new RunError({
      code: 'RUN_CHECKPOINT',
      message: `The checkpoint ${path} cannot be written: ${cause instanceof Error ? cause.message : cause}.`,
      hint: 'Make room on the disk and see that the folder exists and may be written.',
      cause,
    })
  }
}

/**
 * Reads a checkpoint; undefined when there is none.
 * @throws RunError `RUN_CHECKPOINT` when the file is no checkpoint or is of another training
 */
export async function readCheckpoint(path: string, identity: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw unusable(path, `cannot be read: ${cause.message}`, cause)
  })
  if (!bytes) return undefined
  let graph: Graph
  let read: z.output<typeof header>
  try {
    graph = loadModel(bytes)
    read = header.parse(JSON.parse(graph.metadata.get('checkpoint') ?? ''))
  } catch (cause) {
    throw unusable(path, 'is no checkpoint of a training', cause)
  }
  if (read.identity !== identity) throw unusable(path, 'is of a training with another model, data, options or seed')
  return {
    identity,
    epochs: read.epochs,
    state: stateOf('now', graph),
    best: { result: read.best, state: stateOf('best', graph) },
  }
}

const unusable = (path: string, problem: string, cause?: unknown) =>
  new RunError({
    code: 'RUN_CHECKPOINT',
    message: `The checkpoint ${path} ${problem}.`,
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
