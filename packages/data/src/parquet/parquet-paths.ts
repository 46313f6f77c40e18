import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DataError } from '@pare/core-graph'
import { fileOperation } from '../file-error.ts'

const isParquet = (name: string) => /\.(parquet|pq)$/i.test(name)

/** Whether a path names Parquet files: one, several by a pattern, or a folder of them. @throws DataError `DATA_FILE` */
export async function namesParquet(path: string): Promise<boolean> {
  if (isParquet(path)) return true
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  return isFolder && (await fileOperation(path, () => readdir(path))).some(isParquet)
}

/**
 * The files that a path names: itself, all Parquet files of a folder, or those whose name fits a pattern with `*`.
 * @throws DataError `DATA_FILE`, `DATA_EMPTY`, `DATA_SPLITS` for a folder with files of several splits
 */
export async function parquetPaths(path: string): Promise<readonly string[]> {
  const isPattern = basename(path).includes('*')
  if (!isPattern && !(await fileOperation(path, () => stat(path))).isDirectory()) return [path]
  const folder = isPattern ? dirname(path) : path
  const all = await fileOperation(folder, () => readdir(folder))
  const names = all.filter(isPattern ? matcher(basename(path)) : isParquet).sort()
  if (names.length === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: isPattern ? `No file fits ${path}.` : `${path} holds no .parquet files.`,
      hint: 'Name a Parquet file, a folder of them, or a pattern such as data/train-*.parquet.',
    })
  const splits = new Set(names.map(name => /^(train|test|validation|valid|val|dev)[-_.]/.exec(name)?.[1] ?? ''))
  if (!isPattern && splits.size > 1)
    throw new DataError({
      code: 'DATA_SPLITS',
      message: `${path} holds files of several splits: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}.`,
      hint: `Name one of them by a pattern: ${join(path, `${[...splits].find(Boolean)}-*.parquet`)}.`,
    })
  return names.map(name => join(folder, name))
}

function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('[^]*?')}$`)
  return name => expression.test(name)
}
