import { isFloat } from '@pare/core-graph'
import { openNpyFile } from './arrays/npy.ts'
import { isTable, openTable } from './arrays/open-table.ts'
import type { SampleArray } from './arrays/sample-array.ts'
import type { DataDeclarationInput } from './declaration.ts'
import { namesParquet } from './parquet/parquet-paths.ts'
import { openParquet } from './parquet/parquet-table.ts'
import type { ModelInput } from './reader.ts'
import { isImageShape } from './readers/numpy.ts'

/** Which arrays are meant, where their names do not say it. */
export interface DeclareArraysOptions {
  /** The model's inputs. */
  readonly inputs: readonly ModelInput[]
  /** Which array goes to which of them. Default: by their names, or the only one to the only one. */
  readonly arrays?: Readonly<Record<string, string>>
  /** Name of the array of labels, or an .npy file. Default: `label`, `labels` or `y`, where there is one. */
  readonly labels?: string
}

/**
 * The declaration of a path to arrays, by what is there: an .npy or .npz file, a folder of .npy files, or Parquet
 * files. Bytes of the shape of images for a model that takes float images are images, all else are tensors.
 * Undefined for a path to anything else.
 * @throws DataError of files that are missing or broken
 */
export async function declareArrays(
  path: string,
  { inputs, arrays, labels }: DeclareArraysOptions,
): Promise<DataDeclarationInput | undefined> {
  const [only] = inputs.length === 1 ? inputs : []
  const chosen = arrays && Object.values(arrays).length === 1 ? Object.values(arrays)[0] : undefined
  if (/\.npy$/i.test(path)) {
    const sources = { ...(labels === undefined ? {} : { labels }) }
    if (takesImage(only, await openNpyFile(path))) return { kind: 'numpy', images: path, ...sources }
    return { kind: 'tensors', inputs: path, ...sources }
  }
  if (!(await isTable(path))) return undefined
  if (await namesParquet(path)) {
    const { columns } = await openParquet(path)
    const images = [...columns].filter(([, leaf]) => leaf?.type === 'bytes' && !/STRING|UTF8|JSON/.test(leaf.typeName))
    const image = chosen ?? (columns.has('image') ? 'image' : images[0]?.[0])
    if (only && image !== undefined && images.some(([name]) => name === image))
      return { kind: 'parquet', path, image, ...(labels === undefined ? {} : { label: labels }) }
  }
  const table = await openTable(path)
  const label =
    labels ?? usualLabels.find(name => table.names.includes(name) && !inputs.some(input => input.name === name))
  const labelled = label === undefined ? {} : { labels: label }
  const candidates = table.names.filter(name => name !== label)
  const image = chosen ?? (candidates.length === 1 ? candidates[0] : undefined)
  if (image !== undefined && table.names.includes(image) && takesImage(only, await table.open(image)))
    return { kind: 'numpy', path, images: image, ...labelled }
  return { kind: 'tensors', path, ...(arrays ? { inputs: { ...arrays } } : {}), ...labelled }
}

const usualLabels = ['label', 'labels', 'y']

const takesImage = (input: ModelInput | undefined, { dataType, dims }: SampleArray): boolean =>
  input?.type?.shape?.length === 4 && isFloat(input.type.dataType) && dataType === 'uint8' && isImageShape(dims)
