import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DatasetFile } from '../dataset.ts'
import type { FetchRequest, Origin } from './origin.ts'

/** The official files, over HTTPS. */
export const officialOrigin: Origin = {
  name: ({ homepage }) => homepage,
  fetch: async ({ files, folder, received, signal }) => {
    for (const file of files) await download(file, folder, received, signal)
  },
}

async function download(
  { name, url, bytes }: DatasetFile,
  folder: string,
  received: FetchRequest['received'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const response = await get(url, signal)
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status} ${response.statusText}`)
  let size = 0
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      size += chunk.length
      // A gzipped file is never much larger than its content.
      if (size > bytes * 1.01 + 4096) throw new Error(`${url} is larger than the file expected`)
      received(chunk.length)
      yield chunk
    }
  }
  await pipeline(response.body, count, createWriteStream(join(folder, name)), { ...(signal && { signal }) })
}

async function get(url: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, { ...(signal && { signal }) })
  } catch (error) {
    signal?.throwIfAborted()
    // fetch says no more than "fetch failed"; its cause knows why.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new Error(`${url} cannot be reached (${cause})`)
  }
}
