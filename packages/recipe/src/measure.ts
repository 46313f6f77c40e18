import {
  bytesText,
  cost,
  type Evaluator,
  type Executor,
  type Graph,
  PareError,
  percentText,
  savedBytes,
  type Target,
} from '@pare/core-graph'
import type { LayerSaturation } from '@pare/quant'
import { type Latency, latencyEngines } from '@pare/runtime'
import type { EngineLatency, ModelFigures, ModelLatency } from './result.ts'

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
    bytes: savedBytes(graph),
    macs: unknown.length > 0 ? undefined : total.macs,
    parameters: total.parameters,
    nodes,
  }
}

/**
 * Latencies of two models against each other on every engine that stands for the target, for one sample. What cannot be
 * measured is noted, and left out.
 */
export async function measureLatencies(
  executor: Executor,
  [before, after]: readonly [Graph, Graph],
  { target, note, signal }: Omit<MeasureOptions, 'evaluate'> & { readonly target: Target | undefined },
): Promise<readonly EngineLatency[]> {
  const { engines, notes } = await latencyEngines(executor, target?.id)
  for (const text of notes) note(text)
  const measured: EngineLatency[] = []
  for (const { name, compare } of engines)
    try {
      const [first, second] = await compare([before, after], { signal })
      if (first && second) measured.push({ engine: name, before: figuresOf(first), after: figuresOf(second) })
    } catch (error) {
      if (!(error instanceof PareError) || !unmeasurable.has(error.code)) throw error
      note(`The latency was not measured on ${name}: ${error.message}`)
    }
  return measured
}

/** Of inputs without a size or a type that zeros can fill, of models that fail on zeros, and of engines that do not run. */
const unmeasurable = new Set(['MODEL_INPUT_SHAPE', 'MODEL_TENSOR_TYPE', 'MODEL_RUNTIME', 'RUN_FAILED', 'RUN_BROWSER'])

const figuresOf = ({ median, quartiles }: Latency): ModelLatency => ({ median, quartiles })

/**
 * What is said of a result that is not smaller, and of engines on which it is slower: more than three quarters of its
 * runs take longer than the float model's median.
 */
export const notWorthIt = (sizes: FileSizes, latencies: readonly EngineLatency[]): readonly string[] => [
  ...(sizes.after >= sizes.before
    ? [
        `The result is not smaller than the float model: ${bytesText(sizes.after)} against ${bytesText(sizes.before)}. For size it is not worth it.`,
      ]
    : []),
  ...latencies
    .filter(({ before, after }) => after.quartiles[0] > before.median)
    .map(
      ({ engine, before, after }) =>
        `On ${engine} the result takes ${(after.median / before.median).toFixed(2)} times as long as the float model: for speed it is not worth it there.`,
    ),
]

/** Bytes of the float model's file and of the result's. */
interface FileSizes {
  readonly before: number
  readonly after: number
}

/** What is said of layers that would saturate: one sentence for all of them. */
export function saturationNotes(layers: readonly LayerSaturation[]): readonly string[] {
  const share = ({ elements }: LayerSaturation) => elements.saturated / Math.max(1, elements.all)
  const saturated = layers.filter(layer => share(layer) > 0).toSorted((a, b) => share(b) - share(a))
  const [worst] = saturated
  if (!worst) return []
  return [
    `${saturated.length} of ${layers.length} int8 layers would saturate on x86 CPUs without VNNI, the worst ${worst.node} in ${percentText(share(worst))} of its outputs: weightBits: 7 keeps them exact.`,
  ]
}
