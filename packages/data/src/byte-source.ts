import { closeSync, openSync, readSync } from 'node:fs'
import { fileError, statusOfFile } from './file-error.ts'

/** Bytes that are read where they are needed: a file, or what was unpacked. */
export interface ByteSource {
  readonly size: number
  /** Fills `target` with the bytes from `offset` on. @throws DataError `DATA_FILE` when there are fewer */
  readonly readInto: (target: Uint8Array, offset: number) => void
}

/**
 * A file, read by position: it may be larger than memory. It is open only while it is read, so there is nothing to
 * close.
 * @throws DataError `DATA_FILE`
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await statusOfFile(path)
  return {
    size,
    readInto: (target, offset) => {
      let file: number | undefined
      try {
        file = openSync(path, 'r')
        readFully(file, target, offset)
      } catch (cause) {
        throw fileError(path, cause)
      } finally {
        if (file !== undefined) closeSync(file)
      }
    },
  }
}

function readFully(file: number, target: Uint8Array, offset: number): void {
  let done = 0
  while (done < target.length) {
    const count = readSync(file, target, done, target.length - done, offset + done)
    if (count === 0) throw new Error(`it ends at byte ${offset + done}: it may have been changed while it was read`)
    done += count
  }
}

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  readInto: (target, offset) => target.set(bytes.subarray(offset, offset + target.length)),
})
