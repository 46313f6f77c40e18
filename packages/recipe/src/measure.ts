import { cost, type Evaluator, type Executor, type Graph, ModelError, saveModel } from '@pare/core-graph'
import { compareLatency } from '@pare/runtime'
import type { ModelFigures, ModelLatency } from './result.ts'

export interface MeasureOptions {
  /** Undefined without validation data: then no metrics are measured. */
  readonly evaluate: Evaluator | undefined
  readonly note: (message: string) => void
  readonly signal: AbortSignal
}

/** All figures of a model but its latency. What cannot be measured is noted, and undefined. */
export async function measureModel(
  graph: Graph,
  { evaluate, note, signal }: MeasureOptions,
): Promise<Omit<ModelFigures, 'latency'>> {
  const metrics = evaluate ? await evaluate(graph, { signal }) : undefined
  const { nodes, total, unknown } = cost(graph)
  if (unknown.length > 0)
    note(`The multiply-adds are not known: ${unknown.length} nodes have no known shapes, such as ${unknown[0]?.node}.`)
  return {
    metrics,
    bytes: modelBytes(graph),
    macs: unknown.length > 0 ? undefined : total.macs,
    parameters: total.parameters,
    nodes,
  }
}

/** Of the ONNX file and the external data beside it. */
export const modelBytes = (graph: Graph): number => {
  const { model, externalData } = saveModel(graph)
  return externalData.reduce((sum, piece) => sum + piece.byteLength, model.byteLength)
}

/**
 * Latencies of models against each other, in milliseconds for one sample.
 * @returns undefined, which is noted, where the size of an input is not fixed
 */
export async function measureLatencies(
  executor: Executor,
  graphs: readonly Graph[],
  { note, signal }: Omit<MeasureOptions, 'evaluate'>,
): Promise<readonly ModelLatency[] | undefined> {
  try {
    const latencies = await compareLatency(executor, graphs, { signal })
    return latencies.map(({ median, quartiles }) => ({ median, quartiles }))
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'MODEL_INPUT_SHAPE') throw error
    note(`The latency was not measured: ${error.message}`)
    return undefined
  }
}
