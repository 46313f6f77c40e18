import { readdir, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { RunError } from '@pare/core-graph'
import { isLeftover, writeFailure, writeFileWhole } from '@pare/runtime'
import { z } from 'zod'

/** The files of a lock in a run's folder. */
export const lockFiles = { lock: 'lock', holder: 'holder.json' } as const

/** Who has a run's folder. */
const holderSchema = z.object({ process: z.number(), host: z.string(), since: z.string() })
type Holder = z.output<typeof holderSchema>

/** A folder that is this run's own until it is let go. */
export type RunLock = AsyncDisposable

/**
 * Takes a run's folder for this process.
 *
 * The lock is the operating system's own, on the file `lock`: a byte range that SQLite, which comes with Node, locks
 * for writing (fcntl, or LockFileEx on Windows; https://sqlite.org/lockingv3.html), and that stays locked because the
 * transaction is never ended. So
 * - one process at a time has it, however many try at the same moment, two runs of one process included;
 * - it ends with the process, at once and however that dies: there is no stale lock to take over, no process id that
 *   another process may have by now, and nothing to wait for;
 * - it holds between containers of one machine, and between machines as far as the file system that they share locks
 *   byte ranges for all of them (NFS 4 and SMB do). A file system that refuses to lock makes the run fail.
 *
 * The file stays in the folder, empty: if it were removed, a process that has it open and one that makes it anew could
 * both have a lock. `holder.json` only tells others whom they wait for.
 *
 * @throws RunError `RUN_LOCKED` when another run has it; `RUN_FOLDER`
 */
export async function lockFolder(folder: string): Promise<RunLock> {
  const database = openDatabase(folder)
  const holderPath = join(folder, lockFiles.holder)
  try {
    database.exec('BEGIN IMMEDIATE')
  } catch (cause) {
    database.close()
    if (errorNumber(cause) === busy) throw locked(folder, await readHolder(holderPath), cause)
    throw writeFailure('RUN_FOLDER', `The folder ${folder} cannot be locked for a run`, cause)
  }
  const release = async () => {
    await rm(holderPath, { force: true }).catch(() => undefined)
    database.close()
  }
  try {
    await removeLeftovers(folder)
    const holder: Holder = { process: process.pid, host: hostname(), since: new Date().toISOString() }
    await writeFileWhole(holderPath, [new TextEncoder().encode(`${JSON.stringify(holder)}\n`)])
  } catch (error) {
    await release()
    throw error
  }
  return { [Symbol.asyncDispose]: release }
}

/** Of a process that died while it wrote: nobody else writes here now. */
async function removeLeftovers(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder, { recursive: true }))
      if (isLeftover(name)) await rm(join(folder, name), { force: true })
  } catch (cause) {
    throw writeFailure('RUN_FOLDER', `What a run that died has left in ${folder} cannot be removed`, cause)
  }
}

/** Nothing is ever written to it: no journal is kept in the folder. */
function openDatabase(folder: string) {
  const { DatabaseSync } = sqlite()
  try {
    const database = new DatabaseSync(join(folder, lockFiles.lock), { timeout: 0 })
    database.exec('PRAGMA journal_mode = MEMORY')
    return database
  } catch (cause) {
    throw writeFailure('RUN_FOLDER', `The folder ${folder} cannot be locked for a run`, cause)
  }
}

/** Node 22 says of SQLite that it is an experimental feature: no concern of those who run a recipe. */
function sqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    const found: typeof import('node:sqlite') | undefined = process.getBuiltinModule('node:sqlite')
    if (found) return found
  } finally {
    process.emitWarning = emitWarning
  }
  throw new RunError({
    code: 'RUN_FOLDER',
    message: `Node ${process.version} has no SQLite, by which a run's folder is locked.`,
    hint: 'Take Node 22.13 or newer.',
  })
}

/** SQLITE_BUSY, without what its upper bits add (https://sqlite.org/rescode.html). */
const busy = 5

const errorNumber = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

const locked = (folder: string, holder: Holder | undefined, cause: unknown) =>
  new RunError({
    code: 'RUN_LOCKED',
    message: `Another run is at work in ${folder}: ${
      holder ? `process ${holder.process} on ${holder.host}, since ${holder.since}` : 'it has only just begun'
    }.`,
    hint: 'Wait until it ends or stop it, or give another folder by --output.',
    cause,
  })
