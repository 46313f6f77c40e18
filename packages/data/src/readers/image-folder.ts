import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '@pare/core-graph'
import { z } from 'zod'
import { decodeImage, imageFormats, isImageName } from '../decode-image.ts'
import { fileOperation } from '../file-error.ts'
import { defineReader } from '../reader.ts'
import { selectionShape } from '../selection.ts'

/**
 * A folder with a folder of images for each class, or with images directly in it and no labels. Files are found by
 * their extension, below the class folders at any depth, and sorted by path; hidden files are passed over.
 */
export const imageFolder = defineReader({
  id: 'image-folder',
  declaration: z.strictObject({
    kind: z.literal('image-folder'),
    path: z.string().min(1).describe('The folder: a folder a class in it, or images.'),
    classes: z
      .array(z.string().min(1))
      .nonempty()
      .optional()
      .describe('Names of the class folders in the order of their numbers. Default: those there are, sorted by name.'),
    ...selectionShape,
  }),
  open: async ({ path, classes }, resolve) => {
    const root = resolve(path)
    const folders = await foldersOf(root)
    const loose = await imagesOf(root, folders.length === 0)
    if (folders.length > 0 && loose.length > 0)
      throw new DataError({
        code: 'DATA_FOLDER',
        message: `${root} holds both class folders (${folders[0]}) and images (${loose[0]}).`,
        hint: 'Move the images into class folders, or the class folders elsewhere.',
      })
    if (folders.length === 0 && classes)
      throw new DataError({
        code: 'DATA_FOLDER',
        message: `${root} has no class folders, but classes are declared.`,
        hint: 'Put the images of each class into a folder of its name, or leave out `classes`.',
      })
    const classNames = folders.length > 0 ? (classes ?? folders) : undefined
    const samples = classNames
      ? await labelledImages(root, folders, classNames)
      : loose.map(file => ({ file, label: -1 }))
    if (samples.length === 0)
      throw new DataError({
        code: 'DATA_EMPTY',
        message: `${root} holds no images.`,
        hint: `Images are ${imageFormats} files, known by their extension.`,
      })
    const nameOf = (index: number) => join(root, samples[index]?.file ?? '')
    return {
      kind: 'images',
      size: samples.length,
      labels: classNames ? Int32Array.from(samples, ({ label }) => label) : undefined,
      classNames,
      nameOf,
      read: index => decodeImage(nameOf(index)),
    }
  },
})

async function labelledImages(root: string, folders: readonly string[], classNames: readonly string[]) {
  const perFolder = []
  for (const folder of folders) {
    const label = classNames.indexOf(folder)
    if (label < 0)
      throw new DataError({
        code: 'DATA_LABEL',
        message: `The folder ${join(root, folder)} is none of the declared classes.`,
        hint: `Rename or move it, or add it to \`classes\`: ${classNames.join(', ')}.`,
      })
    const files = await imagesOf(join(root, folder), true)
    if (files.length === 0)
      throw new DataError({
        code: 'DATA_EMPTY',
        message: `The class folder ${join(root, folder)} holds no images.`,
        hint: `Remove it, or put ${imageFormats} files into it.`,
      })
    perFolder.push(files.map(file => ({ file: join(folder, file), label })))
  }
  return perFolder.flat()
}

const visible = (name: string) => !name.startsWith('.')

async function foldersOf(root: string): Promise<string[]> {
  const entries = await fileOperation(root, () => readdir(root, { withFileTypes: true }))
  const folders: string[] = []
  for (const entry of entries.filter(({ name }) => visible(name)))
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(root, entry.name)))))
      folders.push(entry.name)
  return folders.sort()
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** Image files below a folder, relative to it and sorted. */
async function imagesOf(folder: string, recursive: boolean): Promise<string[]> {
  const names = await fileOperation(folder, () => readdir(folder, { recursive }))
  return names.filter(name => isImageName(name) && name.split(/[\\/]/).every(visible)).sort()
}
