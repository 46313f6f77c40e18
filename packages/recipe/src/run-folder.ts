import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Graph, RunError } from '@pare/core-graph'
import { readModel, writeFileWhole, writeModel } from '@pare/runtime'
import type { RunEvent } from './events.ts'

/**
 * A run is a folder:
 *
 *     recipe.yaml        the recipe with every default filled in: a recipe again
 *     run.json           what the run is a function of: digests of recipe and model
 *     events.jsonl       what happened, a line each
 *     steps/<step>.json  what a finished step found; its presence says that the step is done
 *     steps/<step>.onnx  the model after a finished stage
 *     model.onnx         the result
 *     result.json        the figures and the verdict
 */
export interface RunFolder {
  readonly path: string
  readonly resumed: boolean
  /** A folder for a step's own files, such as checkpoints. */
  readonly workFolder: (step: string) => Promise<string>
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

/** What a run depends on: the same fingerprint gives the same models. */
export interface RunFingerprint {
  readonly recipe: string
  readonly model: string
}

export const digest = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

export interface OpenRunFolderOptions {
  readonly path: string
  /** YAML. */
  readonly recipe: string
  readonly fingerprint: RunFingerprint
  readonly resume: boolean
}

/**
 * Makes the folder of a new run, or opens that of one to be resumed.
 * @throws RunError `RUN_FOLDER_IN_USE`, `RUN_NOTHING_TO_RESUME`, `RUN_CHANGED`, `RUN_FOLDER`
 */
export async function openRunFolder({ path, recipe, fingerprint, resume }: OpenRunFolderOptions): Promise<RunFolder> {
  if (resume) await checkSameRun(path, fingerprint)
  else await claim(path)
  const writeText = async (name: string, text: string) => {
    await writeFileWhole(join(path, name), [new TextEncoder().encode(text)])
  }
  const writeJson = (name: string, data: unknown) => writeText(name, `${JSON.stringify(data, null, 2)}\n`)
  if (!resume) {
    await writeText('recipe.yaml', recipe)
    await writeJson('run.json', fingerprint)
  }
  return {
    path,
    resumed: resume,
    workFolder: async step => {
      const folder = join(path, 'steps', step)
      await folderOperation(folder, () => mkdir(folder, { recursive: true }))
      return folder
    },
    finished: step => readJson(join(path, 'steps', `${step}.json`)),
    model: step => readModel(join(path, 'steps', `${step}.onnx`)),
    finish: async (step, outcome, graph) => {
      if (graph) await writeModel(join(path, 'steps', `${step}.onnx`), graph)
      await writeJson(join('steps', `${step}.json`), outcome)
    },
    log: event => {
      try {
        appendFileSync(join(path, 'events.jsonl'), `${JSON.stringify(event)}\n`)
      } catch (cause) {
        throw folderError(path, cause)
      }
    },
    writeJson,
    writeModel: async (name, graph) => {
      await writeModel(join(path, name), graph)
      return join(path, name)
    },
  }
}

async function checkSameRun(path: string, fingerprint: RunFingerprint): Promise<void> {
  const before = (await readJson(join(path, 'run.json'))) as RunFingerprint | undefined
  if (before === undefined)
    throw new RunError({
      code: 'RUN_NOTHING_TO_RESUME',
      message: `There is no run to resume in ${path}.`,
      hint: 'Start it without --resume.',
    })
  const changed = (['recipe', 'model'] as const).filter(part => before[part] !== fingerprint[part])
  if (changed.length === 0) return
  throw new RunError({
    code: 'RUN_CHANGED',
    message: `The ${changed.join(' and the ')} changed since the run in ${path} was started.`,
    hint: 'Start a new run without --resume, or bring back what was changed.',
  })
}

/** Makes an empty folder this run's own. Of two runs that try at the same time, one succeeds. */
async function claim(path: string): Promise<void> {
  const isEmpty = await folderOperation(path, async () => {
    await mkdir(path, { recursive: true })
    return (await readdir(path)).length === 0
  })
  if (isEmpty && (await madeHere(join(path, 'steps')))) return
  throw new RunError({
    code: 'RUN_FOLDER_IN_USE',
    message: `The folder ${path} is not empty.`,
    hint: 'Give another folder, or --resume to go on with the run in it.',
  })
}

/** Makes a folder; false where there was one. */
const madeHere = (path: string): Promise<boolean> =>
  folderOperation(path, async () => {
    try {
      await mkdir(path)
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw error
    }
  })

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (!(error instanceof SyntaxError)) throw folderError(path, error)
    throw new RunError({
      code: 'RUN_FOLDER',
      message: `${path} is damaged: ${error.message}`,
      hint: 'Start a new run without --resume.',
      cause: error,
    })
  }
}

/** @throws RunError `RUN_FOLDER` in place of the system's error */
async function folderOperation<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation()
  } catch (error) {
    throw folderError(path, error)
  }
}

const folderError = (path: string, cause: unknown) =>
  new RunError({
    code: 'RUN_FOLDER',
    message: `The run cannot keep its files in ${path}: ${cause instanceof Error ? cause.message : cause}`,
    hint: 'Check that it is a folder, that you may write there and that the disk is not full, or give another one.',
    cause,
  })

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

/** `runs/<name>/<number>`: made for a new run, the next one that is free; the newest for one to be resumed. */
export async function defaultRunFolder(base: string, resume: boolean): Promise<string> {
  if (!resume) await folderOperation(base, () => mkdir(base, { recursive: true }))
  const entries = await folderOperation(base, () => readdir(base)).catch((error: RunError) => {
    if (resume && codeOf(error.cause) === 'ENOENT') return []
    throw error
  })
  const newest = Math.max(0, ...entries.filter(entry => /^\d+$/.test(entry)).map(Number))
  if (!resume) {
    let number = newest + 1
    while (!(await madeHere(join(base, String(number))))) number++
    return join(base, String(number))
  }
  if (newest > 0) return join(base, String(newest))
  throw new RunError({
    code: 'RUN_NOTHING_TO_RESUME',
    message: `There is no run to resume in ${base}.`,
    hint: 'Start it without --resume, or give its folder by --output.',
  })
}
