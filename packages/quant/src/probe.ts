import {
  createBuilder,
  DataError,
  type Dimension,
  type Graph,
  inferTypes,
  type Shape,
  type TensorMap,
  withOutputs,
} from '@pare/core-graph'
import type { Range } from './affine.ts'

/** How one value is looked at while the model runs. */
export interface Probe {
  readonly value: string
  /** Outputs that hold its least and greatest element and its sum; undefined where the runtime cannot reduce it. */
  readonly reduced: { readonly low: string; readonly high: string; readonly sum: string } | undefined
  /** Whether the value is fetched whole. */
  readonly whole: boolean
  /** What it takes for each sample, in bytes, where its shape is known; else 0. */
  readonly bytes: number
}

/** A graph whose outputs tell of the values: their extremes, which the runtime finds, and where wanted all elements. */
export interface ProbedGraph {
  readonly graph: Graph
  readonly probes: readonly Probe[]
  /** Names of the outputs. */
  readonly fetches: readonly string[]
}

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
    const scalar = { keepdims: 0 } as const
    // The sum is there for NaN: whether extremes keep one is up to the runtime.
    const [low, high, sum] = [b.ReduceMin, b.ReduceMax, b.ReduceSum].map(
      reduce => reduce(tensor, undefined, scalar).name,
    )
    const reduced = low && high && sum ? { low, high, sum } : undefined
    return { value, reduced, whole: whole || !reduced, bytes: 4 * size }
  })
  const inputs = new Set(graph.inputs.map(input => input.name))
  const fetches = probes.flatMap(({ value, reduced, whole }) => [
    ...(reduced ? Object.values(reduced) : []),
    ...(whole && !inputs.has(value) ? [value] : []),
  ])
  return { graph: fetches.length > 0 ? withOutputs(b.build(), fetches) : graph, probes, fetches }
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
  { low, high, sum }: NonNullable<Probe['reduced']>,
  outputs: TensorMap,
): Range | undefined {
  const numberOf = (name: string) => Number(outputs[name]?.data[0])
  const range = { low: numberOf(low), high: numberOf(high) }
  // What the runtime makes of nothing.
  if (range.low === Number.POSITIVE_INFINITY && range.high === Number.NEGATIVE_INFINITY) return undefined
  for (const extreme of [range.low, range.high]) if (!Number.isFinite(extreme)) throw notFinite(value, extreme)
  if (Number.isNaN(numberOf(sum))) throw notFinite(value, Number.NaN)
  return range
}

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
