import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Graph, ModelError, saveModel } from '@pare/core-graph'
import { InferenceSession } from 'onnxruntime-node'
import { giveBack } from './give-back.ts'
import { needsExternalData, writeUnchecked } from './model-file.ts'

/** A model as onnxruntime takes it: the bytes of its file, or the file's path. */
export type ModelSource = Uint8Array | string

/** Makes a model out of a graph; one over protobuf's 2 GiB goes by way of files, which are there until `use` is done. */
export async function withModelSource<Result>(
  graph: Graph,
  use: (source: ModelSource) => Promise<Result>,
): Promise<Result> {
  if (!needsExternalData(graph)) return use(saveModel(graph).model)
  const folder = await mkdtemp(join(tmpdir(), 'pare-'))
  try {
    const path = join(folder, 'model.onnx')
    await writeUnchecked(path, graph)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Opens a model, which is then the session's: its bytes are given back.
 * @param name of the graph, for errors
 * @throws ModelError `MODEL_RUNTIME`
 */
export async function createSession(
  name: string,
  source: ModelSource,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await (typeof source === 'string'
      ? InferenceSession.create(source, options)
      : InferenceSession.create(source, options))
  } catch (cause) {
    throw notTaken(name, options, cause)
  } finally {
    // The session has its own copy. Given back at once: the garbage collector may take long to notice so large an array.
    if (typeof source !== 'string') giveBack(source)
  }
}

/** The error of a model that cannot be opened. */
export const notTaken = (name: string, options: InferenceSession.SessionOptions, cause: unknown) =>
  new ModelError({
    code: 'MODEL_RUNTIME',
    message: `onnxruntime does not take the model ${name}: ${cause instanceof Error ? cause.message : cause}`,
    hint: isCpu(options)
      ? 'If the model runs elsewhere, its operators or operator set may be newer than this onnxruntime.'
      : 'The execution provider may be what fails: try providers: [cpu].',
    cause,
  })

const isCpu = ({ executionProviders = [] }: InferenceSession.SessionOptions) =>
  executionProviders.every(provider => provider === 'cpu')
