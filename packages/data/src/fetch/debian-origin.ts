import { execFile } from 'node:child_process'
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Origin } from './origin.ts'

/** Runs a program to its end. @throws Error when it cannot be run or fails. */
export type Run = (program: string, args: readonly string[], cwd: string, signal?: AbortSignal) => Promise<void>

/**
 * The Debian package, without root and without installing it: apt fetches it (and checks its signature), dpkg unpacks
 * it. Where the system has no package lists, apt is given lists of its own within the folder.
 */
export const debianOrigin = (run: Run): Origin => ({
  name: dataset => `Debian's package ${dataset.debian.package}`,
  fetch: async ({ dataset, files, folder, received, signal }) => {
    const { debian } = dataset
    const work = join(folder, 'package')
    await mkdir(work)
    // apt would otherwise drop to a user who may not write into the folder.
    const options = ['-o', 'APT::Sandbox::User=']
    try {
      await run('apt-get', [...options, 'download', debian.package], work, signal)
    } catch (error) {
      if (isMissing(error)) throw new Error('this system has no apt-get')
      signal?.throwIfAborted()
      const ownLists = [...options, ...(await privateState(work))]
      await run('apt-get', [...ownLists, 'update'], work, signal)
      await run('apt-get', [...ownLists, 'download', debian.package], work, signal)
    }
    const archive = (await readdir(work)).find(name => name.endsWith('.deb'))
    if (!archive) throw new Error(`apt-get download ${debian.package} left no package`)
    await run('dpkg', ['-x', archive, 'content'], work, signal)
    for (const { name } of files) {
      const unpacked = join(work, 'content', debian.folder, name)
      received((await stat(unpacked)).size)
      await rename(unpacked, join(folder, name))
    }
  },
})

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Options that let apt work as an ordinary user: lists, cache and status in a folder, sources and keys of the system. */
async function privateState(work: string): Promise<string[]> {
  const state = join(work, 'apt')
  await mkdir(join(state, 'lists', 'partial'), { recursive: true })
  await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true })
  await writeFile(join(state, 'status'), '')
  return [
    `Dir::State=${state}`,
    `Dir::State::status=${join(state, 'status')}`,
    `Dir::Cache=${join(state, 'cache')}`,
  ].flatMap(option => ['-o', option])
}

const execute = promisify(execFile)

export const runProgram: Run = async (program, args, cwd, signal) => {
  await execute(program, args, { cwd, ...(signal && { signal }), env: { ...process.env, LC_ALL: 'C' } })
}
