import {
  DataError,
  type DataSource,
  type Executor,
  type Graph,
  type Metrics,
  type ProgressListener,
  RecipeError,
  RunError,
  runBatch,
} from '@pare/core-graph'
import { z } from 'zod'
import type { Measured, Metric } from './metric.ts'
import { crossEntropy } from './metrics/cross-entropy.ts'
import { topK } from './metrics/top-k.ts'
import { checkAssumedLogits, outputNamed, type Scores, scoreKindOf, scoresOf } from './scores.ts'

/** How a model is measured. Plain data: what a recipe says under `evaluate:`. */
export const evaluateOptions = z.strictObject({
  batchSize: z
    .int()
    .positive()
    .default(16)
    .describe('Samples in one run. A run cannot be interrupted, so small ones end sooner at Ctrl-C.'),
  output: z.string().optional().describe('The output that holds the class scores. Default: the first.'),
  scores: z
    .enum(['logits', 'probabilities'])
    .optional()
    .describe('What that output holds. Default: probabilities where a Softmax makes it, else logits.'),
  limit: z.int().positive().optional().describe('Measure on so many samples only. Default: all.'),
})

/** What a model is measured with. */
export interface EvaluateOptions extends z.input<typeof evaluateOptions> {
  readonly executor: Executor
  readonly source: DataSource
  /** Default: top-1 and top-5 accuracy and cross-entropy (`top1`, `top5`, `loss`). */
  readonly metrics?: readonly Metric[]
  readonly signal?: AbortSignal
  readonly progress?: ProgressListener
}

/** Plain JSON. */
export interface Evaluation {
  readonly metrics: Metrics
  /** What metrics have to say beside their number, by id. */
  readonly details: Readonly<Record<string, unknown>>
  readonly samples: number
}

const defaultMetrics: readonly Metric[] = [topK(1), topK(5), crossEntropy]

/**
 * Measures a model on data, batch by batch; every sample counts the same.
 *
 * @throws DataError `DATA_LABELS` when a metric needs labels and the data has none, `DATA_LABEL` for a label beyond
 *   the output's classes, `DATA_SCORES` when the output has no class scores, `DATA_EMPTY` without samples, and what
 *   `feedsOf` throws; ModelError `MODEL_UNKNOWN_OUTPUT`; RunError `RUN_NOT_FINITE`; the reason of an aborted signal
 */
export async function evaluate(graph: Graph, options: EvaluateOptions): Promise<Evaluation> {
  const { executor, source, metrics = defaultMetrics, signal, progress, ...own } = options
  const { batchSize, limit, output: wanted, scores: stated } = checkedOptions(own)
  checkLabelled(metrics, source)
  const output = outputNamed(graph, wanted)
  const kind = stated ?? scoreKindOf(graph, output)
  const fetches = [
    ...new Set([output, ...metrics.flatMap(metric => metric.fetches.map(name => outputNamed(graph, name)))]),
  ]
  const needsScores = metrics.some(metric => metric.needs.includes('scores'))
  const needsLabels = metrics.some(metric => metric.needs.includes('labels'))
  const measurements = metrics.map(metric => ({ id: metric.id, ...metric.begin() }))
  const total = source.size === undefined ? limit : Math.min(source.size, limit ?? source.size)
  let samples = 0
  await using session = await executor.open(graph)
  for await (const batch of source.batches({ batchSize, ...(limit ? { limit } : {}), ...(signal ? { signal } : {}) }))
    for await (const { inputs, outputs, labels, size } of runBatch(session, graph, batch, fetches)) {
      signal?.throwIfAborted()
      const tensor = outputs[output]
      const scores = needsScores && tensor ? scoresOf(output, tensor, size, kind) : undefined
      if (scores && stated === undefined && kind === 'logits' && samples === 0) checkAssumedLogits(output, scores)
      if (scores && needsLabels) checkLabels(output, scores, labels, samples)
      const measured: Measured<never> = { inputs, outputs, labels, scores, size }
      for (const measurement of measurements) measurement.add(measured)
      samples += size
      progress?.({ done: samples, total, unit: 'samples' })
    }
  if (samples === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: 'There are no samples to measure on.',
      hint: 'Check the data: its files, and how many samples it may take.',
    })
  return {
    metrics: finiteMetrics(Object.fromEntries(measurements.map(({ id, result }) => [id, result()]))),
    details: Object.fromEntries(
      measurements.map(({ id, details }) => [id, details()] as const).filter(([, details]) => details !== undefined),
    ),
    samples,
  }
}

function checkedOptions(own: z.input<typeof evaluateOptions>): z.output<typeof evaluateOptions> {
  const { success, data, error } = evaluateOptions.safeParse(own)
  if (success) return data
  throw new RecipeError({
    code: 'RECIPE_INVALID',
    message: `The evaluation's options are not valid: ${z.prettifyError(error)}`,
    hint: `It takes ${Object.keys(evaluateOptions.shape).join(', ')}.`,
  })
}

function checkLabelled(metrics: readonly Metric[], source: DataSource): void {
  const needy = metrics.filter(metric => metric.needs.includes('labels')).map(metric => metric.id)
  if (source.labelled || needy.length === 0) return
  throw new DataError({
    code: 'DATA_LABELS',
    message: `The data has no labels, and ${needy.join(', ')} cannot be measured without.`,
    hint: 'Give labelled data, or compare with the float model: that needs no labels.',
  })
}

function checkLabels(output: string, { classes, size }: Scores, labels: Int32Array | undefined, before: number): void {
  if (labels?.length !== size)
    throw new DataError({
      code: 'DATA_LABELS',
      message: `${labels?.length ?? 0} labels came with ${size} samples.`,
      hint: 'Data that says it is labelled must give every sample a label.',
    })
  const wrong = labels.findIndex(label => label < 0 || label >= classes)
  if (wrong < 0) return
  throw new DataError({
    code: 'DATA_LABEL',
    message: `Sample ${before + wrong} is of class ${labels[wrong]}, but the output ${output} has scores for ${classes} classes (0 to ${classes - 1}).`,
    hint: 'Is this the model for this data? Name the output with the class scores if it has several.',
  })
}

/** @throws RunError `RUN_METRICS` for a metric that is no finite number: JSON cannot hold it. */
export function finiteMetrics(metrics: Metrics): Metrics {
  const wrong = Object.entries(metrics).find(([, value]) => !Number.isFinite(value))
  if (!wrong) return metrics
  throw new RunError({
    code: 'RUN_METRICS',
    message: `The metric ${wrong[0]} is ${wrong[1]}, not a finite number.`,
    hint: 'Correct the function that measures it.',
  })
}
