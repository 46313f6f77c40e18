import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Graph, RunError } from '@pare/core-graph'
import { readModel, writeFileWhole, writeModel } from '@pare/runtime'
import { stringify } from 'yaml'
import type { RunEvent } from './events.ts'
import type { Recipe } from './schema.ts'

/**
 * A run is a folder:
 *
 *     recipe.yaml        the recipe with every default filled in
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
  readonly writeJson: (name: string, data: unknown) => Promise<string>
  readonly writeModel: (name: string, graph: Graph) => Promise<{ readonly path: string; readonly bytes: number }>
}

/** What a run depends on: the same fingerprint gives the same models. */
export interface RunFingerprint {
  readonly recipe: string
  readonly model: string
}

export const digest = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

export interface OpenRunFolderOptions {
  readonly path: string
  readonly recipe: Recipe
  readonly fingerprint: RunFingerprint
  readonly resume: boolean
}

/**
 * Makes the folder of a new run, or opens that of one to be resumed.
 * @throws RunError `RUN_FOLDER_IN_USE`, `RUN_NOTHING_TO_RESUME`, `RUN_CHANGED`, `RUN_WRITE`
 */
export async function openRunFolder({ path, recipe, fingerprint, resume }: OpenRunFolderOptions): Promise<RunFolder> {
  const entries = await entriesOf(path)
  if (resume) await checkSameRun(path, entries, fingerprint)
  else if (entries.length > 0)
    throw new RunError({
      code: 'RUN_FOLDER_IN_USE',
      message: `The folder ${path} is not empty.`,
      hint: 'Give another folder, or --resume to go on with the run in it.',
    })
  await makeFolder(join(path, 'steps'))
  const writeText = async (name: string, text: string) => {
    const target = join(path, name)
    await writeFileWhole(target, [new TextEncoder().encode(text)])
    return target
  }
  const writeJson = (name: string, data: unknown) => writeText(name, `${JSON.stringify(data, null, 2)}\n`)
  if (!resume) {
    await writeText('recipe.yaml', stringify(recipe))
    await writeJson('run.json', fingerprint)
  }
  return {
    path,
    resumed: resume,
    workFolder: async step => {
      const folder = join(path, 'steps', step)
      await makeFolder(folder)
      return folder
    },
    finished: async step => {
      const text = await readIfThere(join(path, 'steps', `${step}.json`))
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
    model: step => readModel(join(path, 'steps', `${step}.onnx`)),
    finish: async (step, outcome, graph) => {
      if (graph) await writeModel(join(path, 'steps', `${step}.onnx`), graph)
      await writeJson(join('steps', `${step}.json`), outcome)
    },
    log: event => appendFileSync(join(path, 'events.jsonl'), `${JSON.stringify(event)}\n`),
    writeJson,
    writeModel: async (name, graph) => {
      const files = await writeModel(join(path, name), graph)
      return { path: join(path, name), bytes: files.reduce((sum, file) => sum + file.bytes, 0) }
    },
  }
}

async function checkSameRun(path: string, entries: readonly string[], fingerprint: RunFingerprint): Promise<void> {
  const text = entries.includes('run.json') ? await readIfThere(join(path, 'run.json')) : undefined
  if (text === undefined)
    throw new RunError({
      code: 'RUN_NOTHING_TO_RESUME',
      message: `There is no run to resume in ${path}.`,
      hint: 'Start it without --resume.',
    })
  const before = JSON.parse(text) as RunFingerprint
  const changed = (['recipe', 'model'] as const).filter(part => before[part] !== fingerprint[part])
  if (changed.length === 0) return
  throw new RunError({
    code: 'RUN_CHANGED',
    message: `The ${changed.join(' and the ')} changed since the run in ${path} was started.`,
    hint: 'Start a new run without --resume, or bring back what was changed.',
  })
}

async function entriesOf(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new RunError({
      code: 'RUN_WRITE',
      message:
        codeOf(error) === 'ENOTDIR'
          ? `${path} is a file, not a folder.`
          : `The folder ${path} cannot be read: ${error}`,
      hint: 'Give another folder for the run.',
      cause: error,
    })
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    throw new RunError({
      code: 'RUN_WRITE',
      message: `The folder ${path} cannot be made: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Check that you may write there and that the disk is not full, or give another folder.',
      cause,
    })
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

/** `runs/<name>/<number>`: the next one for a new run, the newest for one to be resumed. */
export async function defaultRunFolder(base: string, resume: boolean): Promise<string> {
  const numbers = (await entriesOf(base)).filter(entry => /^\d+$/.test(entry)).map(Number)
  const newest = Math.max(0, ...numbers)
  if (resume && newest === 0)
    throw new RunError({
      code: 'RUN_NOTHING_TO_RESUME',
      message: `There is no run to resume in ${base}.`,
      hint: 'Start it without --resume, or give its folder by --output.',
    })
  return join(base, String(resume ? newest : newest + 1))
}
