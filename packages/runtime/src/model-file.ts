import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { type Graph, loadModel, ModelError, RunError, saveModel, tensorByteLength } from '@pare/core-graph'

/**
 * Reads an ONNX file; external data beside it is read when it is used, and may not lie outside the model's folder.
 * @throws ModelError `MODEL_FILE`, and what `loadModel` throws
 */
export async function readModel(path: string): Promise<Graph> {
  const bytes = await readBytes(path)
  const folder = dirname(resolve(path))
  try {
    return loadModel(bytes, {
      readExternal: (location, offset, length) => readExternal(folder, location, offset, length),
    })
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw new ModelError({
      code: error.code,
      message: `${path}: ${error.message}`,
      ...(error.hint ? { hint: error.hint } : {}),
      ...(error.node ? { node: error.node } : {}),
      cause: error,
    })
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw fileError(`${path} is a folder, not a model.`, 'Give the .onnx file inside it.')
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    const missing = isSystemError(cause) && cause.code === 'ENOENT'
    throw fileError(
      missing
        ? `There is no file ${path}.`
        : `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      missing ? `Check the path; it is relative to ${process.cwd()}.` : 'Check that you may read the file.',
      cause,
    )
  }
}

const fileError = (message: string, hint: string, cause?: unknown) =>
  new ModelError({ code: 'MODEL_FILE', message, hint, cause })

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error

function readExternal(folder: string, location: string, offset: number, length: number): Uint8Array {
  const path = externalPath(folder, location)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    // Before the memory is taken: the model may claim any length.
    if (fstatSync(file).size < offset + length) throw externalError(location, `ends before byte ${offset + length}`)
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const read = readSync(file, bytes, done, length - done, offset + done)
      if (read === 0) throw externalError(location, `ends before byte ${offset + length}`)
      done += read
    }
    return bytes
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    throw externalError(location, `cannot be read: ${cause instanceof Error ? cause.message : cause}`, cause)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** A model may be anyone's: its data must not reach the reader's other files, by `..`, an absolute path or a link. */
function externalPath(folder: string, location: string): string {
  if (isAbsolute(location) || /^[a-z]:/i.test(location)) throw externalError(location, 'is an absolute path')
  const path = resolve(folder, location)
  if (!isInside(folder, path)) throw externalError(location, "lies outside the model's folder")
  let real: string
  try {
    real = realpathSync(path)
  } catch (cause) {
    throw externalError(location, 'does not exist', cause)
  }
  if (!isInside(realpathSync(folder), real)) throw externalError(location, "leads by a link outside the model's folder")
  // Opening a pipe would wait for ever.
  if (!statSync(real).isFile()) throw externalError(location, 'is not a file')
  return real
}

const isInside = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const externalError = (location: string, problem: string, cause?: unknown) =>
  new ModelError({
    code: 'MODEL_EXTERNAL_DATA',
    message: `The model's external data file ${location} ${problem}.`,
    hint: "Put the data file into the model's folder, under the name that the model gives.",
    cause,
  })

/** Protobuf's limit is 2 GiB; a margin is left for everything that is no tensor. */
const largestModel = 1.9 * 2 ** 30

export const needsExternalData = (graph: Graph): boolean =>
  [...graph.initializers.values()].reduce((sum, tensor) => sum + tensorByteLength(tensor), 0) > largestModel

/**
 * Writes a model, by way of a temporary name, so that no half-written file is ever seen under `path`.
 * Above protobuf's 2 GiB the tensors go to `<path>.data` beside it.
 * @returns the paths written and their sizes in bytes, the model first
 * @throws RunError `RUN_WRITE`
 */
export async function writeModel(
  path: string,
  graph: Graph,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const dataPath = `${path}.data`
  const external = needsExternalData(graph)
  const { model, externalData } = saveModel(graph, external ? { external: { location: basename(dataPath) } } : {})
  const written: { path: string; bytes: number }[] = []
  if (external) written.push({ path: dataPath, bytes: await writeFileWhole(dataPath, externalData) })
  written.unshift({ path, bytes: await writeFileWhole(path, [model]) })
  return written
}

/**
 * Writes a file by way of a temporary name beside it: under `path` there is the old file or the whole new one.
 * @returns its size in bytes
 * @throws RunError `RUN_WRITE`
 */
export async function writeFileWhole(path: string, pieces: readonly Uint8Array[]): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  let bytes = 0
  try {
    const file = await open(temporary, 'w')
    try {
      for (const piece of pieces) {
        await file.writeFile(piece)
        bytes += piece.byteLength
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    return bytes
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new RunError({
      code: 'RUN_WRITE',
      message: `${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Check that the folder exists, that you may write there and that the disk is not full.',
      cause,
    })
  }
}
