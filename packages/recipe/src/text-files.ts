import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { RecipeError, type TextFiles } from '@pare/core-graph'
import { makeFolder, writeFailure, writeFileWhole } from '@pare/runtime'

/**
 * Text files in a folder and below it. A path that leads out of it is refused, for reading and for writing: a recipe
 * that somebody else has written replaces nothing elsewhere. Files are written whole (`writeFileWhole`).
 * The methods throw RecipeError `RECIPE_PATH`, `RECIPE_FILE`, and RunError `RUN_WRITE`.
 */
export function textFilesIn(folder: string): TextFiles {
  const inside = (path: string): string => {
    const full = resolve(folder, path)
    const [first = ''] = relative(folder, full).split(sep)
    if (first !== '' && first !== '..' && !isAbsolute(relative(folder, full))) return full
    throw new RecipeError({
      code: 'RECIPE_PATH',
      message: `${path} is no file below ${folder}, where strategies keep their files.`,
      hint: 'Give a path below that folder.',
    })
  }
  return {
    read: async path => {
      const file = inside(path)
      try {
        return await readFile(file, 'utf8')
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
        throw new RecipeError({
          code: 'RECIPE_FILE',
          message: `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
          hint: 'Check that it is a file that you may read.',
          cause,
        })
      }
    },
    write: async (path, text) => {
      const file = inside(path)
      await makeFolder(dirname(file)).catch(cause => {
        throw writeFailure('RUN_WRITE', `${dirname(file)} cannot be made`, cause)
      })
      await writeFileWhole(file, [new TextEncoder().encode(text)])
    },
  }
}

/** The same files, but what is written stays in memory: for a plan, which leaves nothing behind. */
export function withoutWriting(files: TextFiles): TextFiles {
  const written = new Map<string, string>()
  return {
    read: async path => written.get(path) ?? files.read(path),
    write: async (path, text) => {
      written.set(path, text)
    },
  }
}
