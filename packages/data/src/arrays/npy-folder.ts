import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '@pare/core-graph'
import { fileOperation } from '../file-error.ts'
import { openNpyFile } from './npy.ts'
import type { ArrayTable } from './sample-array.ts'

/** A folder of .npy files, each an array of its name: what an .npz holds, unpacked. */
export async function openNpyFolder(path: string): Promise<ArrayTable> {
  const files = await fileOperation(path, () => readdir(path))
  const names = files.filter(file => file.endsWith('.npy')).map(file => file.slice(0, -'.npy'.length))
  if (names.length === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: `${path} holds no .npy files.`,
      hint: 'Give a folder of .npy files, an .npz file, or Parquet files.',
    })
  return { path, names: names.sort(), noun: 'array', open: name => openNpyFile(join(path, `${name}.npy`)) }
}
