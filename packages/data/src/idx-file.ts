import { constants, gunzipSync } from 'node:zlib'
import { DataError } from '@pare/core-graph'
import { readWholeFile } from './file-error.ts'

/** Unsigned bytes of any shape: what an IDX file holds (LeCun, "The MNIST database", section "File formats"). */
export interface IdxArray {
  readonly dims: readonly number[]
  readonly data: Uint8Array
}

/** No compressed stream of deflate is shorter than a 1032nd of what it holds. */
const deflateLimit = 1032
const sizeLimit = 2 ** 31 - 1

/**
 * Reads an IDX file of unsigned bytes with `rank` dimensions, gzipped or plain. Its size is settled by the header
 * and checked against the file before anything of that size is allocated.
 * @throws DataError `DATA_FILE`, `DATA_IDX` (no such file), `DATA_IDX_SIZE` (more or fewer bytes than declared)
 */
export async function readIdx(path: string, rank: number): Promise<IdxArray> {
  const file = await readWholeFile(path)
  const isGzip = file[0] === 0x1f && file[1] === 0x8b
  const start = isGzip ? inflatedStart(path, file) : file
  const dims = readHeader(path, start, rank)
  const headerSize = 4 + 4 * rank
  const expected = dims.reduce((product, dim) => product * dim, 1) + headerSize
  if (expected > sizeLimit) throw wrongSize(path, dims, 'which is beyond the limit of 2 GiB')
  if (isGzip && expected > file.length * deflateLimit)
    throw wrongSize(path, dims, `but ${file.length} compressed bytes cannot hold that`)
  const bytes = isGzip ? inflate(path, file, dims, expected) : file
  if (bytes.length !== expected)
    throw wrongSize(path, dims, `which takes ${expected} bytes, but ${bytes.length} are there`)
  return { dims, data: bytes.subarray(headerSize) }
}

function readHeader(path: string, start: Buffer, rank: number): number[] {
  const expected = [0, 0, 8, rank]
  const magic = [...start.subarray(0, 4)]
  if (magic.length < 4 || magic.some((byte, index) => byte !== expected[index]))
    throw new DataError({
      code: 'DATA_IDX',
      message: `${path} is no IDX file of unsigned bytes with ${rank} dimension${rank > 1 ? 's' : ''}: it starts with [${magic}], not [${expected}].`,
      hint: 'Images are files such as train-images-idx3-ubyte, labels such as train-labels-idx1-ubyte; check that they were not exchanged.',
    })
  if (start.length < 4 + 4 * rank)
    throw new DataError({
      code: 'DATA_IDX_SIZE',
      message: `${path} ends within its header, after ${start.length} bytes.`,
      hint: fetchAgain,
    })
  return Array.from({ length: rank }, (_, axis) => start.readUInt32BE(4 + 4 * axis))
}

/** The first bytes, enough for the header whatever the gzip header holds. */
function inflatedStart(path: string, file: Buffer): Buffer {
  try {
    return gunzipSync(file.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (cause) {
    throw broken(path, cause)
  }
}

function inflate(path: string, file: Buffer, dims: readonly number[], expected: number): Buffer {
  try {
    return gunzipSync(file, { maxOutputLength: expected })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw wrongSize(path, dims, `which takes ${expected} bytes, but more are there`)
    throw broken(path, cause)
  }
}

const fetchAgain = 'The file may be cut off or damaged: fetch it again.'

const wrongSize = (path: string, dims: readonly number[], problem: string) =>
  new DataError({
    code: 'DATA_IDX_SIZE',
    message: `${path} declares the shape [${dims.join(', ')}], ${problem}.`,
    hint: fetchAgain,
  })

const broken = (path: string, cause: unknown) =>
  new DataError({
    code: 'DATA_IDX',
    message: `${path} does not decompress: ${cause instanceof Error ? cause.message : cause}.`,
    hint: fetchAgain,
    cause,
  })
