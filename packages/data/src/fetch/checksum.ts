import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { DatasetFile } from '../dataset.ts'

/**
 * What is wrong with the content of a gzipped file, as the rest of a sentence; undefined when it is the one pinned.
 * Reads no further than the pinned size.
 */
export async function contentProblem(
  path: string,
  { bytes, sha256 }: DatasetFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash('sha256')
  let size = 0
  const measure = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > bytes) return
      hash.update(chunk)
    }
  }
  try {
    await pipeline(createReadStream(path), createGunzip(), measure, { ...(signal && { signal }) })
  } catch (error) {
    signal?.throwIfAborted()
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'is missing'
    if (size <= bytes) return `cannot be read (${error instanceof Error ? error.message : error})`
  }
  if (size !== bytes) return `holds ${size > bytes ? `more than ${bytes}` : size} bytes, not ${bytes}`
  return hash.digest('hex') === sha256 ? undefined : 'has another checksum than the one pinned'
}
