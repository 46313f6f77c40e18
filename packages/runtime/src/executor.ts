import { RecipeError, RunError, type SessionOptions, type StatefulExecutor } from '@pare/core-graph'
import { env, type InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import { z } from 'zod'
import { createSession, withModelSource } from './create-session.ts'
import { wrapSession } from './session.ts'
import { openStateful } from './stateful/open-stateful.ts'

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
 * The Executor over onnxruntime-node. A session's `run` occupies JavaScript's thread while it computes; a stateful
 * session has a thread of its own. Outputs that are no tensors of numbers (strings, sequences, maps) are left out of
 * results; half floats come out as numbers, and go in as numbers or raw bits.
 * Opening throws ModelError `MODEL_RUNTIME` and RunError `RUN_PROVIDER`, running RunError `RUN_FAILED`; a stateful
 * session also throws RunError `RUN_STATE`, `RUN_CLOSED` and, when its thread broke down, `RUN_WORKER`.
 * @throws RecipeError `RECIPE_INVALID` for options that are none
 */
export function createExecutor(options: ExecutorOptions = {}): StatefulExecutor {
  const { providers, threads, sessionOptions } = checked(options)
  const runtimeOptions = (own: SessionOptions): InferenceSession.SessionOptions => ({
    executionProviders: providers,
    intraOpNumThreads: own.threads ?? threads,
    graphOptimizationLevel: own.optimize === false ? 'disabled' : 'all',
    enableMemPattern: own.plansMemory ?? true,
    // Warnings of the runtime are for its developers; failures reach the user as errors.
    logSeverityLevel: 3,
    extra: nested({
      ...((own.optimize === false || own.fusesQuantization === false) && { 'session.disable_quant_qdq': '1' }),
      ...sessionOptions,
    }),
  })
  return {
    open: async (graph, own = {}) => {
      checkProviders(providers)
      const session = await withModelSource(graph, source => createSession(graph.name, source, runtimeOptions(own)))
      return wrapSession(session, Tensor)
    },
    openStateful: async (graphs, state, own = {}) => {
      checkProviders(providers)
      return openStateful(graphs, state, runtimeOptions(own), own.finite)
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
