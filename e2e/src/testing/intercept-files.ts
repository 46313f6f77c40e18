import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { sep } from 'node:path'

/** A change that is about to be made to the file system. A file is written in two halves, so that it can be torn. */
export interface FileOperation {
  readonly name: 'open' | 'write' | 'sync' | 'rename' | 'remove' | 'make folder'
  readonly path: string
}

/**
 * Tells of each change below a folder that this process makes through Node, before it is made; if the listener throws,
 * it is not made. Whoever disposes of it undoes that.
 */
export function interceptFiles(folder: string, before: (operation: FileOperation) => void): Disposable {
  const tell = (name: FileOperation['name'], path: unknown) => {
    if (path === folder || String(path).startsWith(folder + sep)) before({ name, path: String(path) })
  }
  const { open, rename, rm, mkdir } = fs.promises
  const { appendFileSync } = fs
  const changed = {
    open: async (path: fs.PathLike, flags?: string | number, mode?: fs.Mode) => {
      if (flags !== 'r') tell('open', path)
      const file = await open(path, flags, mode)
      const { writeFile, sync } = file
      return Object.assign(file, {
        writeFile: async (data: Uint8Array) => {
          tell('write', path)
          const middle = data.byteLength >> 1
          await writeFile.call(file, data.subarray(0, middle))
          tell('write', path)
          await writeFile.call(file, data.subarray(middle))
        },
        sync: () => {
          tell('sync', path)
          return sync.call(file)
        },
      })
    },
    rename: async (from: fs.PathLike, to: fs.PathLike) => {
      tell('rename', to)
      await rename(from, to)
    },
    rm: async (path: fs.PathLike, options?: fs.RmOptions) => {
      tell('remove', path)
      await rm(path, options)
    },
    mkdir: (path: fs.PathLike, options?: fs.MakeDirectoryOptions) => {
      tell('make folder', path)
      return mkdir(path, options)
    },
  }
  Object.assign(fs.promises, changed)
  fs.appendFileSync = (path: fs.PathOrFileDescriptor, data: string | Uint8Array) => {
    const bytes = Buffer.from(data)
    const middle = bytes.byteLength >> 1
    tell('write', path)
    appendFileSync(path, bytes.subarray(0, middle))
    tell('write', path)
    appendFileSync(path, bytes.subarray(middle))
  }
  syncBuiltinESMExports()
  return {
    [Symbol.dispose]: () => {
      Object.assign(fs.promises, { open, rename, rm, mkdir })
      fs.appendFileSync = appendFileSync
      syncBuiltinESMExports()
    },
  }
}
