import type { Stats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { DataError } from '@pare/core-graph'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is a file, not a folder',
  EACCES: 'may not be read by you',
  ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
}

/** Runs a file operation on `path`; a failure becomes a DataError `DATA_FILE` that names it. */
export async function fileOperation<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation()
  } catch (cause) {
    throw fileError(path, cause)
  }
}

/**
 * What the system says of a file. A device or a pipe is none: it may have no end, or never begin.
 * @throws DataError `DATA_FILE`
 */
export async function statusOfFile(path: string): Promise<Stats> {
  const status = await fileOperation(path, () => stat(path))
  if (status.isDirectory()) throw fileError(path, { code: 'EISDIR' })
  if (!status.isFile()) throw fileError(path, 'it is a device or a pipe, not a file')
  return status
}

/** A file's content. @throws DataError `DATA_FILE` */
export async function readWholeFile(path: string): Promise<Buffer> {
  await statusOfFile(path)
  return fileOperation(path, () => readFile(path))
}

export function fileError(path: string, cause: unknown): DataError {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  return new DataError({
    code: 'DATA_FILE',
    message: `${path} ${reasons[code] ?? `cannot be read (${cause instanceof Error ? cause.message : cause})`}.`,
    hint: 'Check the path; relative paths start at the folder of the file that declares the data.',
    cause,
  })
}
