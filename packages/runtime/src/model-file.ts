import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import {
  assertValid,
  bodiesOf,
  type Graph,
  type GraphBody,
  loadModel,
  ModelError,
  saveModelPieces,
  tensorByteLength,
} from '@pare/core-graph'
import { writeFailure, writeFileWhole } from './write-file.ts'

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
    // A device or a pipe would be read without end, or waited for.
    if (!found.isFile()) throw fileError(`${path} is no file.`, 'Give the .onnx file.')
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

/** The files that a model's tensors lie in beside it, relative to its folder. */
export function externalFilesOf({ initializers, nodes }: GraphBody): string[] {
  const tensors = [
    ...initializers.values(),
    ...nodes.flatMap(({ attributes }) =>
      Object.values(attributes).flatMap(attribute => (attribute.kind === 'tensor' ? [attribute.value] : [])),
    ),
  ]
  const locations = tensors.flatMap(({ storage }) =>
    storage.kind === 'external'
      ? storage.proto.externalData.flatMap(({ key, value }) => (key === 'location' ? [value] : []))
      : [],
  )
  return [...new Set([...locations, ...nodes.flatMap(bodiesOf).flatMap(externalFilesOf)])].sort()
}

/** Protobuf's limit is 2 GiB; a margin is left for everything that is no tensor. */
const largestModel = 1.9 * 2 ** 30

const tensorsOf = (graph: Graph): number =>
  [...graph.initializers.values()].reduce((sum, tensor) => sum + tensorByteLength(tensor), 0)

export const needsExternalData = (graph: Graph, largest = largestModel): boolean => tensorsOf(graph) > largest

/** Where the tensors of large models go. */
export interface WriteModelOptions {
  /** Tensors of more bytes than this in all go to a second file. Default: what protobuf's 2 GiB leave. */
  readonly largest?: number
}

/**
 * Writes a model, so that under `path` there is the old model or the whole new one, whenever the process dies.
 * Above protobuf's 2 GiB the tensors go to `<path>.<digest>.data` beside it: it is named by its content, so an old
 * model keeps its own data until the new one stands in its place; then the old data is removed.
 * Nothing is written of a model that is invalid where the file which it was loaded from was not.
 * @returns the paths written and their sizes in bytes, the model first
 * @throws ModelError `MODEL_INVALID`
 * @throws RunError `RUN_WRITE`
 */
export async function writeModel(
  path: string,
  graph: Graph,
  options: WriteModelOptions = {},
): Promise<readonly WrittenFile[]> {
  assertValid(graph)
  return writeUnchecked(path, graph, options)
}

/** A file as it was written, and its size. */
export interface WrittenFile {
  readonly path: string
  readonly bytes: number
}

/** `writeModel` for what nobody sees: a graph on its way to the runtime, whose verdict it is. */
export async function writeUnchecked(
  path: string,
  graph: Graph,
  { largest }: WriteModelOptions = {},
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = []
  if (needsExternalData(graph, largest)) {
    // Where data lies in the file does not depend on the file's name.
    const { externalData } = saveModelPieces(graph, { external: { location: 'unnamed' } })
    const location = `${basename(path)}.${digestOf(externalData)}.data`
    const dataPath = join(dirname(path), location)
    written.push({ path: dataPath, bytes: await writeFileWhole(dataPath, externalData) })
    const { pieces } = saveModelPieces(graph, { external: { location } })
    written.unshift({ path, bytes: await writeFileWhole(path, pieces) })
  } else written.push({ path, bytes: await writeFileWhole(path, saveModelPieces(graph).pieces) })
  await removeOldData(path, written[1]?.path)
  return written
}

function digestOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex').slice(0, 16)
}

/** Removes what earlier calls wrote beside a model that is no longer there. */
async function removeOldData(path: string, kept: string | undefined): Promise<void> {
  const start = `${basename(path)}.`
  const isData = (name: string) => name.startsWith(start) && /^[0-9a-f]{16}\.data$/.test(name.slice(start.length))
  try {
    for (const name of await readdir(dirname(path)))
      if (isData(name) && name !== basename(kept ?? '')) await rm(join(dirname(path), name), { force: true })
  } catch (cause) {
    throw writeFailure('RUN_WRITE', `The old data of ${path} cannot be removed`, cause)
  }
}
