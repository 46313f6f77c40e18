import { type Executor, type Graph, PareError } from '@pare/core-graph'
import { compareLatency, type Latency, type LatencyOptions } from './latency.ts'
import { createWebExecutor } from './web-executor.ts'

/** What models are timed on. */
export interface LatencyEngine {
  /** As reports say it: `onnxruntime-node`, `onnxruntime-web in Node`, `onnxruntime-web in Chromium`. */
  readonly name: string
  /** Times models against each other, in turns. */
  readonly compare: (graphs: readonly Graph[], options?: Omit<LatencyOptions, 'feeds'>) => Promise<readonly Latency[]>
}

/** The engines that stand for a target on this machine, the first the most like it, and what is missing. */
export interface LatencyEngines {
  readonly engines: readonly LatencyEngine[]
  /** One sentence for each engine that is not there, and where another one stands for the target. */
  readonly notes: readonly string[]
}

/**
 * What to time models on that are made for a target.
 * @param target a target's id; undefined: onnxruntime-node
 * @param executor the one of onnxruntime-node
 */
export async function latencyEngines(executor: Executor, target?: string): Promise<LatencyEngines> {
  const native: LatencyEngine = {
    name: 'onnxruntime-node',
    compare: (graphs, options) => compareLatency(executor, graphs, options),
  }
  if (target === undefined || target === native.name) return { engines: [native], notes: [] }
  if (target !== 'onnxruntime-web')
    return {
      engines: [native],
      notes: [`${target} does not run here: latency is measured on onnxruntime-node, which says little of it.`],
    }
  const notes: string[] = []
  const found: LatencyEngine[] = []
  // Loaded only here: a server and a browser's driver take memory that nothing else needs.
  const { browserEngine } = await import('./browser-latency.ts')
  for (const open of [browserEngine, webEngine])
    try {
      found.push(await open())
    } catch (error) {
      if (!(error instanceof PareError) || error.code !== 'RUN_ENGINE_MISSING') throw error
      notes.push(`${error.message} ${error.hint ?? ''}`.trim())
    }
  if (found.length === 0) notes.push('Latency is measured on onnxruntime-node, which is faster than onnxruntime-web.')
  return { engines: found.length > 0 ? found : [native], notes }
}

async function webEngine(): Promise<LatencyEngine> {
  const executor = await createWebExecutor()
  return {
    name: 'onnxruntime-web in Node',
    compare: (graphs, options) => compareLatency(executor, graphs, options),
  }
}
