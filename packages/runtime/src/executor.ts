import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Executor, type Graph, ModelError, RecipeError, RunError, saveModel } from '@pare/core-graph'
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import { z } from 'zod'
import { needsExternalData, writeUnchecked } from './model-file.ts'
import { wrapSession } from './session.ts'

/** How onnxruntime runs a model. Plain data: what a recipe says under `runtime:`. */
export const executorOptions = z.strictObject({
  providers: z
    .array(z.string())
    .nonempty()
    .default(['cpu'])
    .describe('Execution providers of onnxruntime, the preferred one first'),
  threads: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Threads inside one operator; 0 lets onnxruntime take one for each core'),
  sessionOptions: z
    .record(z.string(), z.string())
    .refine(entries => {
      const keys = Object.keys(entries)
      return !keys.some(key => keys.some(other => other.startsWith(`${key}.`)))
    }, "no entry's name may be the beginning of another's")
    .default({})
    .describe("onnxruntime's own session configuration entries, such as session.disable_quant_qdq: '1'"),
})

/** The version of onnxruntime. */
export const runtimeVersion = env.versions.node ?? env.versions.common

export type ExecutorOptions = z.input<typeof executorOptions>

/**
 * The Executor over onnxruntime-node. The runtime's `run` occupies JavaScript's thread while it computes. Outputs that
 * are no tensors of numbers (strings, sequences, maps) are left out of its result; half floats come out as numbers, and
 * go in as numbers or raw bits.
 * Opening throws ModelError `MODEL_RUNTIME` and RunError `RUN_PROVIDER`, running RunError `RUN_FAILED`.
 * @throws RecipeError `RECIPE_INVALID` for options that are none
 */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  const { providers, threads, sessionOptions } = checked(options)
  return {
    open: async (graph, own = {}) => {
      checkProviders(providers)
      const session = await createSession(graph, {
        executionProviders: providers,
        intraOpNumThreads: own.threads ?? threads,
        graphOptimizationLevel: own.optimize === false ? 'disabled' : 'all',
        enableMemPattern: own.plansMemory ?? true,
        // Warnings of the runtime are for its developers; failures reach the user as errors.
        logSeverityLevel: 3,
        extra: nested(
          own.optimize === false ? { 'session.disable_quant_qdq': '1', ...sessionOptions } : sessionOptions,
        ),
      })
      return wrapSession(session, Tensor)
    },
  }
}

function checked(options: ExecutorOptions): z.output<typeof executorOptions> {
  const { success, data, error } = executorOptions.safeParse(options)
  if (success) return data
  throw new RecipeError({
    code: 'RECIPE_INVALID',
    message: `The runtime's options are not valid: ${z.prettifyError(error)}`,
    hint: `It takes ${Object.keys(executorOptions.shape).join(', ')}.`,
  })
}

function checkProviders(providers: readonly string[]): void {
  const known = listSupportedBackends().map(({ name }) => name)
  const unknown = providers.find(provider => !known.includes(provider))
  if (unknown === undefined) return
  throw new RunError({
    code: 'RUN_PROVIDER',
    message: `onnxruntime has no execution provider ${unknown} here.`,
    hint: `It has: ${known.join(', ')}.`,
  })
}

/** onnxruntime's JavaScript takes `{ 'session.a': '1' }` as `{ session: { a: '1' } }`. */
function nested(entries: Readonly<Record<string, string>>): Record<string, unknown> {
  // Without a prototype: a recipe may name an entry __proto__.a.
  const empty = (): Record<string, unknown> => Object.create(null)
  const result = empty()
  for (const [key, value] of Object.entries(entries)) {
    const path = key.split('.')
    const last = path.pop() ?? key
    let level = result
    for (const part of path) {
      level[part] ??= empty()
      level = level[part] as Record<string, unknown>
    }
    level[last] = value
  }
  return result
}

async function createSession(graph: Graph, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  try {
    return await (needsExternalData(graph) ? createFromFolder(graph, options) : createFromBytes(graph, options))
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    throw new ModelError({
      code: 'MODEL_RUNTIME',
      message: `onnxruntime does not take the model ${graph.name}: ${messageOf(cause)}`,
      hint: isCpu(options)
        ? 'If the model runs elsewhere, its operators or operator set may be newer than this onnxruntime.'
        : 'The execution provider may be what fails: try providers: [cpu].',
      cause,
    })
  }
}

const isCpu = ({ executionProviders = [] }: InferenceSession.SessionOptions) =>
  executionProviders.every(provider => provider === 'cpu')

async function createFromBytes(graph: Graph, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  const { model } = saveModel(graph)
  try {
    return await InferenceSession.create(model, options)
  } finally {
    // The session has its own copy. Given back at once: the garbage collector may take long to notice so large an array.
    model.buffer.transfer(0)
  }
}

/** A model over protobuf's 2 GiB goes by way of files, which the session has read when it is there. */
async function createFromFolder(graph: Graph, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  const folder = await mkdtemp(join(tmpdir(), 'pare-'))
  try {
    const path = join(folder, 'model.onnx')
    await writeUnchecked(path, graph)
    return await InferenceSession.create(path, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
