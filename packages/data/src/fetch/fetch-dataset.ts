import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DataError, type ProgressListener } from '@pare/core-graph'
import type { Dataset, DatasetFile } from '../dataset.ts'
import { datasets } from '../datasets/registry.ts'
import { contentProblem } from './checksum.ts'
import { debianOrigin, runProgram } from './debian-origin.ts'
import { officialOrigin } from './official-origin.ts'
import type { Origin } from './origin.ts'

/** Who is told of a download, and what ends it. */
export interface FetchOptions {
  /** Bytes that came in; their total is not known beforehand. */
  readonly onProgress?: ProgressListener
  /** Told what is being tried, what failed, and what is done instead. */
  readonly note?: (message: string) => void
  readonly signal?: AbortSignal
}

/** A data set whose files are there. */
export interface FetchResult {
  readonly dataset: Dataset
  /** Where the files are. */
  readonly directory: string
  /** Where they were fetched from; undefined when all were there already. */
  readonly origin: string | undefined
}

export const datasetNames: readonly string[] = Object.keys(datasets)

/**
 * The data set of that name.
 * @throws DataError `DATA_DATASET` when there is none.
 */
export function datasetOf(name: string): Dataset {
  const dataset = Object.values(datasets).find(({ id }) => id === name)
  if (dataset) return dataset
  throw new DataError({
    code: 'DATA_DATASET',
    message: `There is no data set named "${name}".`,
    hint: `Data sets that can be fetched: ${datasetNames.join(', ')}.`,
  })
}

/**
 * Brings the files of a data set into a folder: from Debian's package where there is apt, else the official files.
 * Files already there are kept when their content is right; all are checked against pinned checksums before they get
 * their names, so a file under its name is whole.
 * @throws DataError `DATA_DATASET`, `DATA_FETCH` (with all that was tried, and what to do by hand); the signal's reason
 */
export const fetchDataset = (name: string, targetDirectory: string, options: FetchOptions = {}): Promise<FetchResult> =>
  fetchFrom([debianOrigin(runProgram), officialOrigin], datasetOf(name), targetDirectory, options)

/** {@link fetchDataset} from the given places, the first one that delivers. */
export async function fetchFrom(
  origins: readonly Origin[],
  dataset: Dataset,
  targetDirectory: string,
  { onProgress, note, signal }: FetchOptions,
): Promise<FetchResult> {
  const directory = resolve(targetDirectory)
  signal?.throwIfAborted()
  const files = await wrongFiles(dataset.files, directory, note, signal)
  if (files.length === 0) return { dataset, directory, origin: undefined }

  const failures: string[] = []
  let done = 0
  const received = (bytes: number) => {
    done += bytes
    onProgress?.({ done, total: undefined, unit: 'bytes' })
  }
  await makeDirectory(directory)
  for (const origin of origins) {
    const name = origin.name(dataset)
    note?.(`Fetching ${dataset.id} from ${name}.`)
    // Beside the target, so that renaming stays on one file system.
    const folder = await mkdtemp(join(directory, '.fetch-'))
    try {
      await origin.fetch({ dataset, files, folder, received, signal })
      await checkAll(files, folder, signal)
      for (const file of files) await rename(join(folder, file.name), join(directory, file.name))
      return { dataset, directory, origin: name }
    } catch (error) {
      signal?.throwIfAborted()
      const reason = error instanceof Error ? error.message.trim() : String(error)
      failures.push(`${name}: ${reason}`)
      note?.(`That failed: ${reason}.`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  throw new DataError({
    code: 'DATA_FETCH',
    message: `The data set ${dataset.id} could not be fetched.\n${failures.map(failure => `  ${failure}`).join('\n')}`,
    hint: `Check the connection, or put these files into ${directory} by hand:\n${files.map(({ url }) => `  ${url}`).join('\n')}`,
  })
}

/** Files that are missing or not as pinned. */
async function wrongFiles(
  files: readonly DatasetFile[],
  directory: string,
  note: FetchOptions['note'],
  signal: AbortSignal | undefined,
): Promise<DatasetFile[]> {
  const wrong: DatasetFile[] = []
  for (const file of files) {
    const problem = await contentProblem(join(directory, file.name), file, signal)
    if (problem === undefined) continue
    if (problem !== 'is missing') note?.(`${join(directory, file.name)} ${problem}; it will be replaced.`)
    wrong.push(file)
  }
  return wrong
}

async function checkAll(files: readonly DatasetFile[], folder: string, signal: AbortSignal | undefined): Promise<void> {
  for (const file of files) {
    const problem = await contentProblem(join(folder, file.name), file, signal)
    if (problem) throw new Error(`${file.name} as delivered ${problem}`)
  }
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
  } catch (cause) {
    throw new DataError({
      code: 'DATA_FETCH',
      message: `The folder ${directory} cannot be made: ${cause instanceof Error ? cause.message : cause}.`,
      hint: 'Choose another folder.',
      cause,
    })
  }
}
