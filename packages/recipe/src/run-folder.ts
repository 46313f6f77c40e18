import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Graph, RunError, type TensorFiles, type TextFiles } from '@pare/core-graph'
import { makeFolder, readModel, syncFolder, writeFailure, writeFileWhole, writeModel } from '@pare/runtime'
import type { CheckpointStore } from '@pare/train'
import { openEventLog } from './event-log.ts'
import type { RunEvent } from './events.ts'
import { checkUnchanged, fingerprintSchema, type RunFingerprint } from './fingerprint.ts'
import { lockFiles, lockFolder } from './run-lock.ts'
import { tensorFilesIn } from './tensor-files.ts'
import { textFilesIn } from './text-files.ts'

/**
 * A run is a folder:
 *
 *     recipe.yaml             the recipe with every default filled in: a recipe again
 *     run.json                what the run is a function of: the recipe, and digests of the files of model and data
 *     events.jsonl            what happened, a line each
 *     steps/<step>.json       what a finished step found; its presence says that the step is done
 *     steps/<step>.onnx       the model after a finished stage
 *     steps/<step>.checkpoints/ the training of a stage after its last epochs, or within one
 *     steps/<step>.files/     what the strategies of a stage keep for a run that is resumed, such as measurements
 *     steps/<step>.tensors/   what they keep likewise of tensors, such as those of a teacher
 *     model.onnx              the result
 *     result.json             the figures and the verdict
 *     lock, holder.json       whose the folder is while a run is at work in it
 *
 * Each file but the log is written whole and put in its place at once, on the disk before the next one is begun. So
 * whenever a process dies, the folder is that of a run that was stopped between two of its steps or epochs.
 */
export interface RunFolder extends AsyncDisposable {
  readonly path: string
  readonly resumed: boolean
  /** Where a step keeps the state of a training. */
  readonly checkpoint: (step: string) => CheckpointStore
  /** What strategies of a step keep while they work. */
  readonly files: (step: string) => TextFiles
  readonly tensors: (step: string) => TensorFiles
  /** What a step of an earlier run left; undefined when it is not done. */
  readonly finished: (step: string) => Promise<unknown>
  readonly model: (step: string) => Promise<Graph>
  /** Marks a step as done. The model is written first, so that a marked step is whole. */
  readonly finish: (step: string, outcome: unknown, graph?: Graph) => Promise<void>
  readonly log: (event: RunEvent) => void
  readonly writeJson: (name: string, data: unknown) => Promise<void>
  /** @returns the file's path */
  readonly writeModel: (name: string, graph: Graph) => Promise<string>
}

export interface OpenRunFolderOptions {
  readonly path: string
  /** YAML. */
  readonly recipe: string
  readonly fingerprint: RunFingerprint
  readonly resume: boolean
}

/**
 * Makes the folder of a new run, or opens that of one to be resumed, for this process alone until it is disposed of.
 * A folder that was left before its run had begun is that of a new run either way.
 * @throws RunError `RUN_FOLDER_IN_USE`, `RUN_LOCKED`, `RUN_NOTHING_TO_RESUME`, `RUN_CHANGED`, `RUN_FOLDER`, `RUN_WRITE`
 */
export async function openRunFolder({ path, recipe, fingerprint, resume }: OpenRunFolderOptions): Promise<RunFolder> {
  if (!resume) await folderOperation(path, () => makeFolder(path))
  // Before the lock, which is a file too: nothing is written to a folder that is none of a run's.
  const found = await entriesOf(path)
  if (found.length > 0 && !found.includes(lockFiles.lock)) throw noRun(path, resume)
  const lock = await lockFolder(path)
  try {
    const before = await readFingerprint(join(path, 'run.json'))
    if (before) {
      if (!resume) throw inUse(path)
      checkUnchanged(path, before, fingerprint)
    } else if (!(await entriesOf(path)).every(isBeginning)) throw noRun(path, resume)
    await folderOperation(path, () => makeFolder(join(path, 'steps')))
    const folder = await files(path)
    if (!before) {
      await folder.writeText('recipe.yaml', recipe)
      await folder.writeJson('run.json', fingerprint)
    }
    return { ...folder, resumed: before !== undefined, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() }
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
}

/** What there is of a run before its `run.json`. */
const isBeginning = (name: string): boolean => [lockFiles.lock, lockFiles.holder, 'steps', 'recipe.yaml'].includes(name)

async function files(path: string) {
  const writeText = async (name: string, text: string) => {
    await writeFileWhole(join(path, name), [new TextEncoder().encode(text)])
  }
  const writeJson = (name: string, data: unknown) => writeText(name, `${JSON.stringify(data, null, 2)}\n`)
  const stepPath = (step: string, kind: 'json' | 'onnx') => join(path, 'steps', `${step}.${kind}`)
  return {
    path,
    writeText,
    writeJson,
    checkpoint: (step: string) => checkpoints(path, join(path, 'steps', `${step}.checkpoints`)),
    files: (step: string) => textFilesIn(join(path, 'steps', `${step}.files`)),
    tensors: (step: string) => tensorFilesIn(join(path, 'steps', `${step}.tensors`)),
    finished: (step: string) => readJson(stepPath(step, 'json')),
    model: (step: string) => readModel(stepPath(step, 'onnx')),
    finish: async (step: string, outcome: unknown, graph?: Graph) => {
      if (graph) await writeModel(stepPath(step, 'onnx'), graph)
      await writeJson(join('steps', `${step}.json`), outcome)
    },
    log: await openEventLog(join(path, 'events.jsonl')),
    writeModel: async (name: string, graph: Graph) => {
      await writeModel(join(path, name), graph)
      return join(path, name)
    },
  }
}

/** The checkpoints of a training: a model file each. */
const checkpoints = (path: string, folder: string): CheckpointStore => ({
  name: folder,
  list: async () => ((await entriesOf(dirname(folder))).includes(basename(folder)) ? entriesOf(folder) : []),
  read: checkpoint => readModel(join(folder, checkpoint)),
  write: async (checkpoint, graph) => {
    await folderOperation(path, () => makeFolder(folder))
    await writeModel(join(folder, checkpoint), graph)
  },
  remove: checkpoint =>
    folderOperation(path, async () => {
      // A large model's data lies beside it.
      for (const name of await entriesOf(folder))
        if (name === checkpoint || name.startsWith(`${checkpoint}.`)) await rm(join(folder, name))
    }),
})

const readFingerprint = async (path: string): Promise<RunFingerprint | undefined> => {
  const data = await readJson(path)
  if (data === undefined) return undefined
  const read = fingerprintSchema.safeParse(data)
  if (read.success) return read.data
  throw damaged(path, 'it is not what a run writes there', read.error)
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return undefined
    if (!(error instanceof SyntaxError)) throw folderError(path, error)
    throw damaged(path, error.message, error)
  }
}

const damaged = (path: string, problem: string, cause: unknown) =>
  new RunError({
    code: 'RUN_FOLDER',
    message: `${path} is damaged: ${problem}`,
    hint: 'Start a new run without --resume.',
    cause,
  })

const inUse = (path: string) =>
  new RunError({
    code: 'RUN_FOLDER_IN_USE',
    message: `The folder ${path} is not empty.`,
    hint: 'Give another folder, or --resume to go on with the run in it.',
  })

const noRun = (path: string, resume: boolean) => (resume ? nothingToResume(path) : inUse(path))

const nothingToResume = (path: string) =>
  new RunError({
    code: 'RUN_NOTHING_TO_RESUME',
    message: `There is no run to resume in ${resolve(path)}.`,
    hint: 'Give the folder of the run by --output, or start one without --resume.',
  })

/** @throws RunError `RUN_NOTHING_TO_RESUME` where there is no such folder */
async function entriesOf(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    throw isMissing(error) ? nothingToResume(path) : folderError(path, error)
  }
}

/** @throws RunError `RUN_FOLDER` in place of the system's error */
async function folderOperation<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation()
  } catch (error) {
    throw error instanceof RunError ? error : folderError(path, error)
  }
}

const folderError = (path: string, cause: unknown) =>
  writeFailure('RUN_FOLDER', `The run cannot keep its files in ${path}`, cause)

const isMissing = (error: unknown) => codeOf(error) === 'ENOENT'

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

/** `runs/<name>/<number>`: made for a new run, the next one that is free; the newest for one to be resumed. */
export async function defaultRunFolder(base: string, resume: boolean): Promise<string> {
  if (!resume) await folderOperation(base, () => makeFolder(base))
  const numbers = (await entriesOf(base)).filter(entry => /^\d+$/.test(entry)).map(Number)
  const newest = Math.max(0, ...numbers)
  if (resume) {
    if (newest > 0) return join(base, String(newest))
    throw nothingToResume(base)
  }
  let number = newest + 1
  while (!(await madeHere(join(base, String(number))))) number++
  return join(base, String(number))
}

/** Makes a folder; false where there was one. */
const madeHere = (path: string): Promise<boolean> =>
  folderOperation(path, async () => {
    try {
      await mkdir(path)
      await syncFolder(dirname(path))
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw error
    }
  })
