import { readdir, stat } from 'node:fs/promises'
import { DataError } from '@pare/core-graph'
import { fileOperation } from '../file-error.ts'
import { parquetArrays } from '../parquet/parquet-arrays.ts'
import { namesParquet } from '../parquet/parquet-paths.ts'
import { openParquet } from '../parquet/parquet-table.ts'
import { openNpyFolder } from './npy-folder.ts'
import { openNpz } from './npz.ts'
import type { ArrayTable, SampleArray } from './sample-array.ts'

/** Whether a path names what `openTable` opens. @throws DataError `DATA_FILE` of a folder that cannot be read */
export async function isTable(path: string): Promise<boolean> {
  if (/\.npz$/i.test(path) || (await namesParquet(path))) return true
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  return isFolder && (await fileOperation(path, () => readdir(path))).some(name => name.endsWith('.npy'))
}

/**
 * The arrays of an .npz file, of a folder of .npy files, or of Parquet files (one, a folder, or a pattern).
 * @throws DataError of what is missing or broken
 */
export async function openTable(path: string): Promise<ArrayTable> {
  if (await namesParquet(path)) return parquetArrays(await openParquet(path))
  if ((await fileOperation(path, () => stat(path))).isDirectory()) return openNpyFolder(path)
  if (/\.npz$/i.test(path)) return openNpz(path)
  throw new DataError({
    code: 'DATA_FORMAT',
    message: `${path} is neither an .npz file nor a Parquet file, nor a folder of .npy or Parquet files.`,
    hint: 'Save arrays by np.savez(path, name=array), and name them so.',
  })
}

/** @throws DataError `DATA_ARRAY` when there is none of this name, and what opening it throws */
export async function arrayNamed(table: ArrayTable, name: string): Promise<SampleArray> {
  if (table.names.includes(name)) return table.open(name)
  throw new DataError({
    code: 'DATA_ARRAY',
    message: `${table.path} has no ${table.noun} of numbers named ${name}.`,
    hint: `It has ${table.names.join(', ') || 'none'}.`,
  })
}
