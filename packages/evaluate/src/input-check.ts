import {
  type Batch,
  type DataSource,
  type Executor,
  type Graph,
  isFloat,
  ModelError,
  shuffledOrder,
  simplifyUnfolded,
  type TensorData,
  tensorFor,
} from '@pare/core-graph'
import { batchNormEvidence } from './input-check/batch-norm-evidence.ts'
import { type ChannelStatistics, channelSums } from './input-check/channel-statistics.ts'
import { guess } from './input-check/guess.ts'
import { quantizerEvidence } from './input-check/quantizer-evidence.ts'

/** Samples as the model gets them, and what runs it. */
export interface CheckInputsOptions {
  readonly executor: Executor
  /** Labels are not used. */
  readonly source: DataSource
  readonly signal?: AbortSignal
}

/** What is looked at: at most so many samples, and of large ones no more than fit. */
const samples = 32
const batchSize = 8
const budget = 16 * 2 ** 20

/**
 * Warnings, in words, when preprocessed samples cannot be what the model was trained on. What the model itself tells is
 * held against some samples: the statistics that its first BatchNormalization learned, else the range of the quantizer
 * at its input. Without either, only plain signs remain, and the warning says that it guesses.
 *
 * Only inputs of floating point are looked at. Nothing is said of a model whose BatchNormalization was never trained.
 *
 * @throws what the data and `feedsOf` throw; ModelError of a model that cannot be run; the reason of an aborted signal
 */
export async function checkInputs(
  model: Graph,
  { executor, source, signal }: CheckInputsOptions,
): Promise<readonly string[]> {
  const graph = readable(model)
  if (graph instanceof ModelError)
    return [`Whether the samples are what the model was trained on was not looked at: ${graph.message}`]
  const inputs = graph.inputs.filter(({ type }) => type && isFloat(type.dataType)).map(({ name }) => name)
  const batches = inputs.length > 0 ? await someBatches(source, signal) : []
  const warnings: string[] = []
  for (const name of inputs) {
    const tensors = batches.flatMap(batch => tensorFor(name, graph, batch) ?? [])
    const statistics = statisticsOf(tensors)
    if (!statistics) continue
    const broken = brokenSign(name, statistics, graph.inputs.length === 1 ? tensors : [])
    if (broken !== undefined) warnings.push(broken)
    else {
      const isImage = tensors[0]?.dims.length === 4
      const isOnly = inputs.length === 1
      const context = { graph, executor, batches, input: name, statistics, isImage, isOnly, signal }
      const told = (await batchNormEvidence(context)) ?? quantizerEvidence(context) ?? guess(context)
      if (told.warning !== undefined) warnings.push(told.warning)
    }
  }
  return [...new Set(warnings)]
}

/** As for inference, but for the folding of BatchNormalization: what is folded no longer tells. */
function readable(model: Graph): Graph | ModelError {
  try {
    return simplifyUnfolded(model)
  } catch (error) {
    // Runtimes may run what cannot be upgraded.
    if (error instanceof ModelError) return error
    throw error
  }
}

async function someBatches(source: DataSource, signal: AbortSignal | undefined): Promise<readonly Batch[]> {
  const batches: Batch[] = []
  let bytes = 0
  for await (const batch of source.batches({
    batchSize,
    limit: samples,
    ...shuffledOrder(source, 0),
    ...(signal ? { signal } : {}),
  })) {
    batches.push(batch)
    bytes += Object.values(batch.inputs).reduce((sum, { data }) => sum + data.byteLength, 0)
    if (bytes > budget) break
  }
  return batches
}

/** Of the axis that is the channels': the last where it alone is 1, 3 or 4 long, else the second. */
function statisticsOf(tensors: readonly TensorData[]): ChannelStatistics | undefined {
  const [first] = tensors
  if (!first || !(first.data instanceof Float32Array || first.data instanceof Float64Array)) return undefined
  const { dims } = first
  const isFew = (dim: number | undefined) => dim === 1 || dim === 3 || dim === 4
  const axis = dims.length === 4 && isFew(dims[3]) && !isFew(dims[1]) ? 3 : 1
  const sums = channelSums(dims[axis] ?? 1, axis)
  for (const tensor of tensors) sums.add(tensor)
  return sums.result()
}

/** @param tensors of the model's only input; of several, one may well be the same for all samples, such as a mask */
function brokenSign(name: string, { low, high, allFinite }: ChannelStatistics, tensors: readonly TensorData[]) {
  if (!allFinite)
    return `The samples hold values that are no finite numbers (input ${name}): look at mean and std, and at the data.`
  if (low === high && tensors.length > 0)
    return `All values of the samples are ${low} (input ${name}): look at the preprocessing, and at the data.`
  const all = tensors.flatMap(({ dims: [size = 0], data }) =>
    Array.from({ length: size }, (_, row) =>
      data.subarray((row * data.length) / size, ((row + 1) * data.length) / size),
    ),
  )
  const [first, ...others] = all
  const isSame = others.length > 0 && others.every(other => other.every((value, place) => value === first?.[place]))
  return isSame ? `All ${all.length} samples looked at are the same (input ${name}): look at the data.` : undefined
}
