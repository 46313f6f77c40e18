import {
  createBuilder,
  DataError,
  type Dimension,
  type Graph,
  graphIndex,
  inferTypes,
  type Shape,
  type TensorMap,
  withOutputs,
} from '@pare/core-graph'
import type { Range } from './affine.ts'
import { ruleOf } from './quantized-nodes.ts'
import { ruleContext } from './rule.ts'

/** How one value is looked at while the model runs. */
export interface Probe {
  readonly value: string
  /**
   * Outputs that hold its least and its greatest element; a number where the least is known. Undefined where the runtime
   * cannot reduce it.
   */
  readonly reduced: { readonly low: string | number; readonly high: string } | undefined
  /** Whether the value is fetched whole. */
  readonly whole: boolean
  /** What it takes for each sample, in bytes, where its shape is known; else 0. */
  readonly bytes: number
}

/** The sum of a value: NaN where an element is. Whether extremes keep a NaN is up to the runtime. */
export interface Sum {
  readonly value: string
  readonly sum: string
}

/** A graph whose outputs tell of the values: their extremes, which the runtime finds, and where wanted all elements. */
export interface ProbedGraph {
  readonly graph: Graph
  readonly probes: readonly Probe[]
  /** Outputs that hold the sums of the model's inputs and outputs; of all values where an output is no float. */
  readonly sums: readonly Sum[]
  /** Names of the outputs. */
  readonly fetches: readonly string[]
}

const scalar = { keepdims: 0 } as const

/**
 * @param whole whether all elements are wanted, not just the extremes
 */
export function probe(graph: Graph, values: readonly string[], whole: boolean): ProbedGraph {
  const b = createBuilder(graph)
  const { values: types } = inferTypes(graph)
  const probes = values.map((value): Probe => {
    const type = types.get(value)
    const size = type?.dataType === 'float32' ? elementsOfSample(type.shape) : undefined
    if (size === undefined) return { value, reduced: undefined, whole: true, bytes: 0 }
    const tensor = b.value(value)
    // Channels are pooled first: the runtime does that in its own layout, and in all threads.
    const isImage = type?.shape?.length === 4
    const low = lowerBound(graph, value) ?? b.ReduceMin(tensor, undefined, scalar).name
    const high = b.ReduceMax(isImage ? b.GlobalMaxPool(tensor) : tensor, undefined, scalar).name
    return { value, reduced: { low, high }, whole, bytes: 4 * size }
  })
  const inputs = new Set(graph.inputs.map(input => input.name))
  const ends = graph.outputs.map(output => output.name)
  // Where the model ends in classes, a NaN does not come out of it: then every value is asked.
  const asked = ends.every(value => types.get(value)?.dataType === 'float32') ? ends : [...ends, ...values]
  const sums = [...new Set([...inputs, ...asked])]
    .filter(value => types.get(value)?.dataType === 'float32')
    .map(value => ({ value, sum: b.ReduceSum(b.value(value), undefined, scalar).name }))
  const fetches = [
    ...sums.map(({ sum }) => sum),
    ...probes.flatMap(({ value, reduced, whole }) => [
      ...(reduced ? Object.values(reduced).filter(output => typeof output === 'string') : []),
      ...(whole && !inputs.has(value) ? [value] : []),
    ]),
  ]
  return { graph: fetches.length > 0 ? withOutputs(b.build(), fetches) : graph, probes, sums, fetches }
}

/** Zero for a value that Relu, or what cuts off like it, makes; undefined where the least has to be looked for. */
function lowerBound(graph: Graph, value: string): 0 | undefined {
  const node = graphIndex(graph).producer.get(value)
  return node && ruleOf(node)?.absorbed?.(ruleContext(graph, node)) ? 0 : undefined
}

/** How many elements a row has, if it has any: all axes but the first, which is the batch's or counts what was found, must be known. */
function elementsOfSample(shape: Shape | undefined): number | undefined {
  if (!shape) return undefined
  const [, ...sizes]: readonly Dimension[] = shape
  return sizes.reduce<number | undefined>(
    (count, size) => (count !== undefined && typeof size === 'number' && size > 0 ? count * size : undefined),
    1,
  )
}

/**
 * The extremes of a value that was reduced; undefined where it held no elements.
 * @throws DataError `DATA_NOT_FINITE`
 */
export function reducedExtremes(
  value: string,
  { low, high }: NonNullable<Probe['reduced']>,
  outputs: TensorMap,
): Range | undefined {
  const range = { low: typeof low === 'number' ? low : numberIn(outputs, low), high: numberIn(outputs, high) }
  // What the runtime makes of nothing: a least of ∞, a greatest of −∞.
  if (range.high < range.low) return undefined
  for (const extreme of [range.low, range.high]) if (!Number.isFinite(extreme)) throw notFinite(value, extreme)
  return range
}

/**
 * Looks for NaN where it goes into the model and where it comes out. One that does neither was made a number again by
 * whatever read it, as Relu may.
 * @throws DataError `DATA_NOT_FINITE`
 */
export function checkSums(sums: readonly Sum[], outputs: TensorMap): void {
  for (const { value, sum } of sums) if (Number.isNaN(numberIn(outputs, sum))) throw notFinite(value, Number.NaN)
}

const numberIn = (outputs: TensorMap, name: string) => Number(outputs[name]?.data[0])

/**
 * The extremes of elements, not none.
 * @throws DataError `DATA_NOT_FINITE`
 */
export function finiteExtremes(value: string, elements: Float32Array): Range {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const element of elements) {
    if (element < low) low = element
    if (element > high) high = element
    // The difference of a number with itself is zero for finite numbers only.
    if (element - element !== 0) throw notFinite(value, element)
  }
  return { low, high }
}

const notFinite = (value: string, element: number) =>
  new DataError({
    code: 'DATA_NOT_FINITE',
    message: `Calibration met ${element} in the value ${value}.`,
    hint: 'Look at the preprocessing first: the range of the images, mean and standard deviation; then at the model.',
  })
