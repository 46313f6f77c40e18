import { type Executor, ModelError, RunError, saveModel } from '@pare/core-graph'
import { needsExternalData } from './model-file.ts'
import { wrapSession } from './session.ts'

/**
 * The Executor over onnxruntime-web's WASM build in Node, one thread, SIMD: what a browser runs where pages are not
 * isolated. Options of a session that only onnxruntime-node has are not heeded, but `optimize` is.
 * @throws RunError `RUN_ENGINE_MISSING` when the package onnxruntime-web is not installed; opening throws ModelError
 *   `MODEL_RUNTIME`, running RunError `RUN_FAILED`
 */
export async function createWebExecutor(): Promise<Executor> {
  const runtime = await importWeb()
  runtime.env.wasm.numThreads = 1
  return {
    open: async (graph, { optimize = true } = {}) => {
      if (needsExternalData(graph))
        throw new ModelError({
          code: 'MODEL_RUNTIME',
          message: `The model ${graph.name} is larger than the 2 GiB that a WASM module takes in one file.`,
          hint: 'Measure it on onnxruntime-node.',
        })
      try {
        const session = await runtime.InferenceSession.create(saveModel(graph).model, {
          executionProviders: ['wasm'],
          graphOptimizationLevel: optimize ? 'all' : 'disabled',
          logSeverityLevel: 3,
        })
        return wrapSession(session, runtime.Tensor)
      } catch (cause) {
        if (cause instanceof ModelError) throw cause
        throw new ModelError({
          code: 'MODEL_RUNTIME',
          message: `onnxruntime-web does not take the model ${graph.name}: ${cause instanceof Error ? cause.message : cause}`,
          hint: 'Its operators or operator set may be newer than this onnxruntime-web.',
          cause,
        })
      }
    },
  }
}

async function importWeb(): Promise<typeof import('onnxruntime-web/wasm')> {
  try {
    return await import('onnxruntime-web/wasm')
  } catch (cause) {
    throw new RunError({
      code: 'RUN_ENGINE_MISSING',
      message: 'The package onnxruntime-web is not installed.',
      hint: 'Install it beside Pare: npm install onnxruntime-web',
      cause,
    })
  }
}
