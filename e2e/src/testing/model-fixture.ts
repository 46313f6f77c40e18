import { readdirSync, readFileSync } from 'node:fs'
import {
  createRandom,
  type DataSource,
  elementCount,
  type Graph,
  newTypedArray,
  numberToHalf,
  type TensorData,
  type TensorMap,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'

/** What must become of a model that another tool made: the table beside it. */
export interface Expectations {
  /** What the model is, and what made it: rows of `docs/models.md`. */
  readonly is: string
  readonly by: string
  /** Sizes of the inputs; the first is the batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  /** Where inputs are whole numbers: below this. */
  readonly below?: number
  /** Operators whose outputs inference does not know, and what it says why. */
  readonly unknown: readonly string[]
  /** Number of values of a known type with a size that is neither a number nor a symbol. */
  readonly openShapes: number
  /** Number of nodes in the file, and of the simplified graph. */
  readonly nodes: readonly [number, number]
  readonly quantized:
    | { readonly refused: string }
    | {
        /** How many nodes of each operator compute in int8. */
        readonly nodes: Readonly<Record<string, number>>
        /** How many nodes stay float, by the reason. */
        readonly kept: Readonly<Record<string, number>>
        /** The cosine of each output and the float model's is at least so much. */
        readonly cosine: number
        /** The int8 file is at most so large, against the simplified float one. */
        readonly size: number
      }
}

export interface Fixture extends Expectations {
  readonly name: string
  readonly path: string
}

const folder = new URL('../../models/', import.meta.url)

/** Every model of `e2e/models`, with its table. */
export const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter(file => file.endsWith('.onnx'))
  .sort()
  .map(file => {
    const name = file.replace('.onnx', '')
    const table = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Expectations
    return { ...table, name, path: new URL(file, folder).pathname }
  })

/** Random feeds: floats of about a standard normal's size, whole numbers from 0 to below `below`. */
export function feedsFor(graph: Graph, { inputs, below = 2 }: Expectations, seed: number): TensorMap {
  const random = createRandom(seed)
  return Object.fromEntries(
    graph.inputs.map(({ name, type }) => {
      const dims = inputs[name] ?? []
      const dataType = type?.dataType ?? 'float32'
      const data = newTypedArray(dataType, elementCount(dims))
      for (const index of data.keys()) {
        const value = random() * 4 - 2
        const whole = Math.floor(((value + 2) / 4) * below)
        if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[index] = BigInt(whole)
        else if (dataType === 'float16') data[index] = numberToHalf(value)
        else data[index] = data instanceof Float32Array ? value : whole
      }
      return [name, { dataType, dims, data }]
    }),
  )
}

/** `count` batches of such feeds, to calibrate with. */
export function calibrationFor(graph: Graph, fixture: Expectations, count = 8): DataSource {
  const size = Object.values(fixture.inputs)[0]?.[0] ?? 1
  return {
    size: count * size,
    labelled: false,
    shuffles: false,
    batches: async function* () {
      for (let batch = 0; batch < count; batch++)
        yield { inputs: feedsFor(graph, fixture, 1000 + batch), labels: undefined, size }
    },
  }
}

export const executor = createExecutor({ threads: 1 })

/** Runs a graph once: as it stands, or with integer kernels and all else that onnxruntime makes of it. */
export async function run(graph: Graph, feeds: TensorMap, optimize = false): Promise<TensorMap> {
  await using session = await executor.open(graph, { optimize })
  return await session.run(feeds)
}

const numbersOf = (tensor: TensorData | undefined): number[] =>
  Array.from((tensor?.data ?? []) as Iterable<number | bigint>, Number)

/** The largest difference of two tensors, relative to the largest magnitude of the first. */
export function relativeDifference(wanted: TensorData | undefined, got: TensorData | undefined): number {
  const others = numbersOf(got)
  const numbers = numbersOf(wanted)
  if (numbers.length === 0 || numbers.length !== others.length) return Number.POSITIVE_INFINITY
  const magnitude = numbers.reduce((largest, number) => Math.max(largest, Math.abs(number)), 0)
  const difference = numbers.reduce((largest, number, index) => {
    const apart = Math.abs(number - (others[index] ?? Number.NaN))
    return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(largest, apart)
  }, 0)
  return difference / (magnitude || 1)
}

/** Of the angle between two tensors, seen as vectors. */
export function cosine(a: TensorData | undefined, b: TensorData | undefined): number {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? Number.NaN), 0)
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right))
}
