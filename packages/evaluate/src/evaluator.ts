import type { DataSource, Evaluator, Executor, Graph, Metrics, Session } from '@pare/core-graph'
import { type EvaluateOptions, evaluate, finiteMetrics } from './evaluate.ts'

/** What a user's own evaluation function gets. */
export interface OwnEvaluation {
  /** Runs the model: any of its inputs fed, any of its outputs fetched (default all). */
  readonly run: Session['run']
  readonly source: DataSource
  readonly graph: Graph
  readonly signal: AbortSignal | undefined
}

/** An evaluation by metrics (Pare's or the user's own), or by a function that measures as it likes. */
export type EvaluatorOptions =
  | Omit<EvaluateOptions, 'signal'>
  | {
      readonly executor: Executor
      readonly source: DataSource
      /** Measures one model; every value must be a finite number. */
      readonly evaluate: (own: OwnEvaluation) => Promise<Metrics>
    }

/**
 * An Evaluator for whoever asks how good a candidate is.
 *
 *     createEvaluator({ executor, source, metrics: [topK(1), topK(3)] })
 *     createEvaluator({ executor, source, evaluate: async ({ run, source }) => ({ psnr: … }) })
 *
 * It throws what `evaluate` throws, and RunError `RUN_METRICS` when an own function returns what is no finite number.
 */
export function createEvaluator(options: EvaluatorOptions): Evaluator {
  return async (graph, { signal } = {}) => {
    if (!('evaluate' in options)) {
      const { metrics } = await evaluate(graph, { ...options, ...(signal ? { signal } : {}) })
      return metrics
    }
    const { executor, source, evaluate: own } = options
    await using session = await executor.open(graph)
    return finiteMetrics(await own({ run: session.run, source, graph, signal }))
  }
}
