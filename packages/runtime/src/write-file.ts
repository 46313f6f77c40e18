import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { RunError } from '@pare/core-graph'

/**
 * Writes a file by way of a temporary name beside it: under `path` there is the old file or the whole new one, after
 * a killed process and after a power cut too. It is on the disk when this returns. Whoever dies meanwhile leaves the
 * temporary file, `.<name>.<id>.tmp`.
 * @returns its size in bytes
 * @throws RunError `RUN_WRITE`
 */
export async function writeFileWhole(path: string, pieces: Iterable<Uint8Array>): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  let bytes = 0
  try {
    const file = await open(temporary, 'w')
    try {
      for (const piece of pieces) {
        await file.writeFile(piece)
        bytes += piece.byteLength
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
    return bytes
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw writeFailure('RUN_WRITE', `${path} cannot be written`, cause)
  }
}

/** Whether a file is what a `writeFileWhole` that died has left. */
export const isLeftover = (path: string): boolean => /^\..+\.[0-9a-f-]{36}\.tmp$/.test(basename(path))

/**
 * Makes a folder and those above it that are missing; on the disk when this returns. The system's error is thrown: one
 * by one, since of folders that Node makes at once every failure is said to be ENOENT.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path)
  }
  await syncFolder(dirname(path))
}

/** A file that was made, renamed or removed is so on the disk only when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!cannotSyncFolders.has(codeOf(error))) throw error
  }
}

/** What Windows and some network file systems answer; there the order of writes is all that is kept. */
const cannotSyncFolders = new Set(['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS'])

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "the user's share of the disk is used up",
  EFBIG: 'the file grows larger than the system lets it',
  EROFS: 'the file system is read-only',
  EACCES: 'its folder may not be written',
  EPERM: 'its folder may not be written',
  EIO: 'the disk failed',
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk. A run then goes on by --resume.',
  EDQUOT: 'Make room on the disk. A run then goes on by --resume.',
  EFBIG: 'Raise the limit (ulimit -f), or write to another file system. A run then goes on by --resume.',
  EIO: 'Look at the disk, and at what the system logs of it. A run then goes on by --resume.',
}

/** The error of something that could not be written: what, the reason in words, and what to do. */
export function writeFailure(code: string, what: string, cause: unknown): RunError {
  const system = codeOf(cause)
  const said = cause instanceof Error ? cause.message : String(cause)
  return new RunError({
    code,
    message: `${what}: ${reasons[system] ? `${reasons[system]} (${said})` : said}.`,
    hint: hints[system] ?? 'Check that the folder exists, that you may write there and that the disk is not full.',
    cause,
  })
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
