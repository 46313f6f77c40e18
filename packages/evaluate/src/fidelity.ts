import {
  DataError,
  type DataSource,
  type Evaluator,
  type Executor,
  type Graph,
  type ProgressListener,
  runWhole,
  type TensorData,
} from '@pare/core-graph'
import { compareLayers, type LayerFidelity, type UnmatchedValue } from './layer-fidelity.ts'
import { logProbabilities } from './probabilities.ts'
import { bestClass } from './rank.ts'
import { isScores, notFinite, outputNamed, type ScoreKind, type Scores, scoreKindOf, scoresOf } from './scores.ts'
import { isFiniteSimilarity, type Similarity, similaritySums } from './similarity.ts'

/** What two models are compared with. */
export interface FidelityOptions {
  readonly executor: Executor
  /** Labels are not used. */
  readonly source: DataSource
  /** Samples to compare on, at most. Default 512. */
  readonly limit?: number
  /** Samples in one run of the whole models; layers are compared in batches that fit in memory. Default 16. */
  readonly batchSize?: number
  /** The output with the class scores. Default: the first of the reference. */
  readonly output?: string
  /** What that output holds. Default: probabilities where a Softmax makes it, else logits. */
  readonly scores?: ScoreKind
  readonly signal?: AbortSignal
  /** Counts the samples of the outputs, then those of the layers: both in one figure. */
  readonly progress?: ProgressListener
}

/** A candidate beside its reference on the same samples. Similarity is that of the output. Plain JSON. */
export interface Fidelity extends Similarity {
  readonly output: string
  readonly samples: number
  /** Share of samples with the same top-1 class. Undefined where the output has no class scores. */
  readonly agreement: number | undefined
  /** Mean KL divergence of the class probabilities, reference ‖ candidate, in nats. Undefined likewise. */
  readonly divergence: number | undefined
  /** Values in between that both models have, worst first. */
  readonly layers: readonly LayerFidelity[]
  /** Values of the reference that could not be compared, and why. */
  readonly unmatched: readonly UnmatchedValue[]
}

/**
 * How faithful a model is to another one, without labels. The outputs are those of the models as users run them; the
 * layers are compared in sessions that do not fuse them (see `compareLayers`).
 *
 * @throws ModelError `MODEL_UNKNOWN_OUTPUT`; DataError `DATA_EMPTY`, `DATA_OUTPUTS` when the outputs have different
 *   shapes, and what `feedsOf` throws; RunError `RUN_NOT_FINITE`; the reason of an aborted signal
 */
export async function compareModels(reference: Graph, candidate: Graph, options: FidelityOptions): Promise<Fidelity> {
  const { source, limit = 512, progress } = options
  const output = outputNamed(reference, options.output)
  outputNamed(candidate, output)
  const half = source.size === undefined ? limit : Math.min(limit, source.size)
  const progressFrom = (start: number): Pick<FidelityOptions, 'progress'> =>
    progress ? { progress: ({ done, unit }) => progress({ done: start + done, total: 2 * half, unit }) } : {}
  const ofOutput = await compareOutputs(reference, candidate, { ...options, output, limit, ...progressFrom(0) })
  const ofLayers = await compareLayers(reference, candidate, { ...options, limit, ...progressFrom(half) })
  return { output, ...ofOutput, ...ofLayers }
}

/**
 * An Evaluator of how faithful models are to another one, such as a teacher: what there is to measure without labels.
 * Its figures are `cosine`, and where the output has class scores `agreement` and `divergence`: see `Fidelity`.
 * It throws what `compareModels` throws.
 */
export function createFidelityEvaluator(reference: Graph, options: Omit<FidelityOptions, 'signal'>): Evaluator {
  const output = outputNamed(reference, options.output)
  const { limit = 512 } = options
  return async (graph, { signal } = {}) => {
    outputNamed(graph, output)
    const own = { ...options, output, limit, ...(signal && { signal }) }
    const { agreement, divergence, cosine } = await compareOutputs(reference, graph, own)
    return { cosine, ...(agreement !== undefined && { agreement }), ...(divergence !== undefined && { divergence }) }
  }
}

type OutputFidelity = Omit<Fidelity, 'output' | 'layers' | 'unmatched'>

async function compareOutputs(
  reference: Graph,
  candidate: Graph,
  options: FidelityOptions & { readonly output: string; readonly limit: number },
): Promise<OutputFidelity> {
  const { executor, source, limit, batchSize = 16, output, signal, progress } = options
  const kind = options.scores ?? scoreKindOf(reference, output)
  const sums = similaritySums()
  const classes = { agreements: 0, divergence: 0 }
  let samples = 0
  let areScores = true
  await using expected = await executor.open(reference)
  await using actual = await executor.open(candidate)
  for await (const batch of source.batches({ batchSize, limit, ...(signal ? { signal } : {}) })) {
    signal?.throwIfAborted()
    const { [output]: wanted } = await runWhole(expected, reference, batch, [output])
    const { [output]: got } = await runWhole(actual, candidate, batch, [output])
    if (!wanted || !got || !isFloat(wanted) || !isFloat(got) || String(wanted.dims) !== String(got.dims))
      throw outputsError(output, wanted, got)
    sums.add(wanted.data, got.data)
    areScores &&= isScores(wanted, batch.size)
    if (areScores) {
      const [r, c] = [scoresOf(output, wanted, batch.size, kind), scoresOf(output, got, batch.size, kind)]
      for (let row = 0; row < batch.size; row++) if (bestClass(r, row) === bestClass(c, row)) classes.agreements++
      classes.divergence += divergenceSum(r, c)
    }
    samples += batch.size
    progress?.({ done: samples, total: undefined, unit: 'samples' })
  }
  if (samples === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: 'There are no samples to compare the models on.',
      hint: 'Check the data: its files, and how many samples it may take.',
    })
  const similarity = sums.result()
  if (!isFiniteSimilarity(similarity)) throw notFinite(output, Number.NaN)
  return {
    samples,
    agreement: areScores ? classes.agreements / samples : undefined,
    divergence: areScores ? classes.divergence / samples : undefined,
    ...similarity,
  }
}

const isFloat = (tensor: TensorData): tensor is TensorData & { readonly data: Float32Array | Float64Array } =>
  tensor.data instanceof Float32Array || tensor.data instanceof Float64Array

const described = (tensor: TensorData | undefined) =>
  tensor ? `${tensor.dataType} [${tensor.dims.join(', ')}]` : 'no tensor'

const outputsError = (output: string, reference: TensorData | undefined, candidate: TensorData | undefined) =>
  new DataError({
    code: 'DATA_OUTPUTS',
    message: `The output ${output} is ${described(reference)} in the reference and ${described(candidate)} in the other model.`,
    hint: 'Compare models with the same float outputs; name another output if they have several.',
  })

/** Σ over samples of KL(p ‖ q) = Σ p[c] · (log p[c] − log q[c]), both normalized to sum to one. */
function divergenceSum(reference: Scores, candidate: Scores): number {
  const p = new Float64Array(reference.classes)
  const q = new Float64Array(reference.classes)
  let sum = 0
  for (let row = 0; row < reference.size; row++) {
    logProbabilities(reference, row, p)
    logProbabilities(candidate, row, q)
    const [shiftP, shiftQ] = [logSum(p), logSum(q)]
    for (let index = 0; index < p.length; index++) {
      const log = (p[index] ?? 0) - shiftP
      sum += Math.exp(log) * (log - ((q[index] ?? 0) - shiftQ))
    }
  }
  return sum
}

const logSum = (logs: Float64Array) => Math.log(logs.reduce((sum, log) => sum + Math.exp(log), 0))
