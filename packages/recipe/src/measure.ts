import { cost, type Evaluator, type Executor, type Graph, ModelError, saveModel } from '@pare/core-graph'
import { measureLatency } from '@pare/runtime'
import type { ModelFigures } from './result.ts'

export interface MeasureOptions {
  readonly executor: Executor
  /** Undefined without validation data: then no metrics are measured. */
  readonly evaluate: Evaluator | undefined
  readonly note: (message: string) => void
  readonly signal: AbortSignal
}

/** All figures of a model. What cannot be measured is noted, and undefined. */
export async function measureModel(
  graph: Graph,
  { executor, evaluate, note, signal }: MeasureOptions,
): Promise<ModelFigures> {
  const metrics = evaluate ? await evaluate(graph, { signal }) : undefined
  const { total, unknown } = cost(graph)
  if (unknown.length > 0)
    note(`The multiply-adds are not known: ${unknown.length} nodes have no known shapes, such as ${unknown[0]?.node}.`)
  return {
    metrics,
    bytes: modelBytes(graph),
    macs: unknown.length > 0 ? undefined : total.macs,
    parameters: total.parameters,
    latency: await latencyOf(graph, executor, note, signal),
  }
}

const modelBytes = (graph: Graph) => {
  const { model, externalData } = saveModel(graph)
  return externalData.reduce((sum, piece) => sum + piece.byteLength, model.byteLength)
}

async function latencyOf(
  graph: Graph,
  executor: Executor,
  note: (message: string) => void,
  signal: AbortSignal,
): Promise<ModelFigures['latency']> {
  try {
    const { median, quartiles } = await measureLatency(executor, graph, { signal })
    return { median, quartiles }
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'MODEL_INPUT_SHAPE') throw error
    note(`The latency was not measured: ${error.message}`)
    return undefined
  }
}
