import {
  beforeSoftmax,
  DataError,
  elementCount,
  type Graph,
  ModelError,
  RunError,
  type TensorData,
} from '@pare/core-graph'

/** What a classifier's output holds: logits (before softmax) or probabilities (after it). */
export type ScoreKind = 'logits' | 'probabilities'

/** Scores of some samples, `[size, classes]` in row-major order; all finite. */
export interface Scores {
  readonly values: Float32Array | Float64Array
  readonly classes: number
  readonly size: number
  readonly kind: ScoreKind
}

/**
 * The name of the output to measure.
 * @param wanted default: the first
 * @throws ModelError `MODEL_UNKNOWN_OUTPUT` when the graph has none of that name
 */
export function outputNamed(graph: Graph, wanted?: string): string {
  const names = graph.outputs.map(output => output.name)
  const found = wanted === undefined ? names[0] : names.find(name => name === wanted)
  if (found !== undefined) return found
  throw new ModelError({
    code: 'MODEL_UNKNOWN_OUTPUT',
    message: `The model ${graph.name} has no output${wanted === undefined ? '' : ` named ${wanted}`}.`,
    hint: `Its outputs are: ${names.join(', ') || 'none'}.`,
  })
}

/** What an output holds, by the node that makes it: probabilities after Softmax, logits otherwise. */
export const scoreKindOf = (graph: Graph, output: string): ScoreKind =>
  beforeSoftmax(graph, output) === undefined ? 'logits' : 'probabilities'

/** Whether a tensor has one score for each class of each sample: `[N, classes]`, also `[N, classes, 1, 1]`. */
export const isScores = ({ dims, data }: TensorData, size: number): boolean =>
  dims.length >= 2 &&
  dims[0] === size &&
  elementCount(dims.slice(2)) === 1 &&
  (data instanceof Float32Array || data instanceof Float64Array)

/**
 * An output as scores.
 * @throws DataError `DATA_SCORES` when it has not one floating-point score for each class of each sample, or values
 *   that are no probabilities where probabilities are expected; RunError `RUN_NOT_FINITE` for NaN and infinite scores
 */
export function scoresOf(output: string, tensor: TensorData, size: number, kind: ScoreKind): Scores {
  const { dims, data: values, dataType } = tensor
  const classes = dims[1]
  if (!isScores(tensor, size) || classes === undefined || !isFloatArray(values))
    throw new DataError({
      code: 'DATA_SCORES',
      message: `The output ${output} is ${dataType} [${dims.join(', ')}] for ${size} samples, not one float score for each class [${size}, classes].`,
      hint: 'Name the output with the class scores, or measure with a metric of your own. A model that is made for one sample a run needs a batch size of 1.',
    })
  const wrong = values.findIndex(value => !Number.isFinite(value))
  if (wrong >= 0) throw notFinite(output, values[wrong])
  if (kind === 'probabilities' && values.some(value => value < -slack || value > 1 + slack))
    throw new DataError({
      code: 'DATA_SCORES',
      message: `The output ${output} should hold probabilities, but has values outside 0 to 1.`,
      hint: 'Say scores: logits.',
    })
  return { values, classes, size, kind }
}

// A quantized probability may be a rounding step off.
const slack = 0.01

const isFloatArray = (values: TensorData['data']): values is Float32Array | Float64Array =>
  values instanceof Float32Array || values instanceof Float64Array

export const notFinite = (name: string, value: number | undefined) =>
  new RunError({
    code: 'RUN_NOT_FINITE',
    message: `The model makes ${value} in ${name}.`,
    hint: 'Look at the preprocessing first (range, mean, std), then for weights that are not finite: training may have diverged.',
  })

/**
 * Scores that are taken for logits without anyone having said so, and yet are all distributions, come from a softmax
 * that was not recognized.
 * @throws DataError `DATA_SCORES`
 */
export function checkAssumedLogits(output: string, { values, classes, size }: Scores): void {
  if (classes < 2 || size === 0) return
  for (let row = 0; row < size; row++) {
    const scores = values.subarray(row * classes, (row + 1) * classes)
    let sum = 0
    for (const value of scores) sum += value
    if (Math.abs(sum - 1) > 1e-3 || scores.some(value => value < 0)) return
  }
  throw new DataError({
    code: 'DATA_SCORES',
    message: `The output ${output} seems to hold probabilities: all its rows are distributions.`,
    hint: 'Say what it holds: scores: probabilities, or scores: logits.',
  })
}
