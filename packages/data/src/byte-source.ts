import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DataError } from '@pare/core-graph'
import { fileOperation } from './file-error.ts'

/** Bytes that are read where they are needed: a file, or what was unpacked. */
export interface ByteSource {
  readonly size: number
  /** Fills `target` with the bytes from `offset` on. @throws DataError `DATA_FILE` when there are fewer */
  readonly readInto: (target: Uint8Array, offset: number) => void
}

/**
 * A file, read by position: it may be larger than memory. It stays open until the thread ends that opened it.
 * @throws DataError `DATA_FILE`
 */
export const fileSource = (path: string): Promise<ByteSource> =>
  fileOperation(path, async () => {
    const file = openSync(path, 'r')
    const status = fstatSync(file)
    if (!status.isFile()) {
      closeSync(file)
      throw Object.assign(new Error('it is no file'), status.isDirectory() ? { code: 'EISDIR' } : {})
    }
    return { size: status.size, readInto: (target, offset) => readFully(file, path, target, offset) }
  })

function readFully(file: number, path: string, target: Uint8Array, offset: number): void {
  let done = 0
  while (done < target.length) {
    const count = readSync(file, target, done, target.length - done, offset + done)
    if (count === 0)
      throw new DataError({
        code: 'DATA_FILE',
        message: `${path} ends at byte ${offset + done}, where more was expected.`,
        hint: 'It may have been changed while it was read: run again.',
      })
    done += count
  }
}

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  readInto: (target, offset) => target.set(bytes.subarray(offset, offset + target.length)),
})
