import { crc32 } from 'node:zlib'
import { DataError } from '@pare/core-graph'
import { type UnzipFileFilter, unzipSync } from 'fflate'
import { memorySource } from '../byte-source.ts'
import { readWholeFile } from '../file-error.ts'
import { openNpy } from './npy.ts'
import type { ArrayTable } from './sample-array.ts'

/** No compressed stream of deflate is shorter than a 1032nd of what it holds. */
const deflateLimit = 1032
/** Bytes of a file's entry in the central directory, without its name. */
const entryBytes = 46
const sizeLimit = 2 ** 31 - 1

/**
 * The arrays of an .npz file (`np.savez`, `np.savez_compressed`): a zip of .npy files. An array is unpacked when it is
 * opened, and then kept in memory.
 * @throws DataError `DATA_FILE`, `DATA_NPZ`
 */
export async function openNpz(path: string): Promise<ArrayTable> {
  const file = await readWholeFile(path)
  const sizes = new Map<string, number>()
  let entries = 0
  unzip(path, file, ({ name, size, originalSize, compression }) => {
    if (++entries * entryBytes > file.length) throw malformed(path, 'it declares more files than it can hold')
    const limit = compression === 0 ? size : size * deflateLimit
    if (originalSize > limit || size > file.length || originalSize > sizeLimit)
      throw malformed(path, `${name} declares ${originalSize} bytes, which ${size} compressed ones cannot hold`)
    sizes.set(name, originalSize)
    return false
  })
  const checksums = checksumsOf(file)
  const names = [...sizes.keys()].filter(name => name.endsWith('.npy')).map(name => name.slice(0, -'.npy'.length))
  if (names.length === 0) throw malformed(path, 'it holds no arrays')
  return {
    path,
    names,
    noun: 'array',
    open: async name => {
      const member = `${name}.npy`
      const bytes = Object.values(unzip(path, file, entry => entry.name === member))[0] ?? new Uint8Array()
      if (bytes.length !== sizes.get(member)) throw malformed(path, `${member} is cut off`)
      if (crc32(bytes) !== (checksums.get(member) ?? crc32(bytes)))
        throw malformed(path, `${member} is not what its checksum says`)
      return openNpy(`${name} of ${path}`, memorySource(bytes))
    },
  }
}

/**
 * CRC-32 of the files in a zip, as its central directory states them (APPNOTE 4.3.12 and 4.3.16), for fflate looks at
 * none. Empty where the directory is not where a zip below 4 GiB has it.
 */
function checksumsOf(file: Buffer): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const end = file.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  let at = end >= 0 && end + 22 <= file.length ? file.readUInt32LE(end + 16) : file.length
  while (at + entryBytes <= file.length && file.toString('latin1', at, at + 4) === 'PK\x01\x02') {
    const nameEnd = at + entryBytes + file.readUInt16LE(at + 28)
    found.set(file.toString('utf8', at + entryBytes, nameEnd), file.readUInt32LE(at + 16))
    at = nameEnd + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return found
}

function unzip(path: string, file: Uint8Array, filter: UnzipFileFilter): Record<string, Uint8Array> {
  try {
    return unzipSync(file, { filter })
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw malformed(path, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

const malformed = (path: string, problem: string, cause?: unknown) =>
  new DataError({
    code: 'DATA_NPZ',
    message: `${path} cannot be read as a NumPy archive: ${problem}.`,
    hint: 'The file may be cut off or damaged: save it again by np.savez, or fetch it again.',
    cause,
  })
