import { readFileSync } from 'node:fs'

/** One node in the run in which it was fastest: other processes only add to that. */
export interface NodeTime {
  readonly name: string
  readonly op: string
  readonly ms: number
  /** Dimensions of the inputs and outputs, where the runtime knows them. */
  readonly inputs: readonly (readonly number[])[]
  readonly outputs: readonly (readonly number[])[]
}

export interface RuntimeProfile {
  readonly runs: number
  /** The fastest run from its beginning to its end, in milliseconds; without what is done around it in JavaScript. */
  readonly runMs: number
  /** What its nodes took. */
  readonly kernelMs: number
  readonly nodes: readonly NodeTime[]
}

interface Event {
  readonly cat: string
  readonly name: string
  /** Microseconds. */
  readonly ts: number
  readonly dur: number
  readonly args: {
    readonly op_name?: string
    readonly input_type_shape?: Shapes
    readonly output_type_shape?: Shapes
  }
}

/** `[{ "float": [64, 8, 28, 28] }, …]` */
type Shapes = readonly Readonly<Record<string, readonly number[]>>[]

/** Reads what onnxruntime wrote; the first runs are left out. Undefined when there were no others. */
export function readProfile(path: string, skip: number): RuntimeProfile | undefined {
  const events = JSON.parse(readFileSync(path, 'utf8')) as Event[]
  const runs = events
    .filter(({ cat, name }) => cat === 'Session' && name === 'model_run')
    .sort((a, b) => a.ts - b.ts)
    .slice(skip)
  if (runs.length === 0) return undefined
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith(suffix))
  const fastest = least(runs)
  const within = ({ ts, dur }: Event) => kernels.filter(event => event.ts >= ts && event.ts <= ts + dur)
  const measured = kernels.filter(({ ts }) => ts >= (runs[0]?.ts ?? Number.POSITIVE_INFINITY))
  return {
    runs: runs.length,
    runMs: fastest.dur / 1000,
    kernelMs: within(fastest).reduce((sum, { dur }) => sum + dur, 0) / 1000,
    nodes: [...Map.groupBy(measured, ({ name }) => name).values()].map(least).map(({ name, dur, args }) => ({
      name: name.slice(0, -suffix.length),
      op: args.op_name ?? '',
      ms: dur / 1000,
      inputs: shapesOf(args.input_type_shape),
      outputs: shapesOf(args.output_type_shape),
    })),
  }
}

const suffix = '_kernel_time'

const least = (events: readonly Event[]): Event => events.reduce((a, b) => (b.dur < a.dur ? b : a))

const shapesOf = (shapes: Shapes = []) => shapes.flatMap(shape => Object.values(shape))

const elements = (dims: readonly number[] = []) => dims.reduce((a, b) => a * b, 1)

/** Multiply-adds and additions of a matrix product or a convolution; undefined for what is neither. */
export function flopsOf({ op, inputs: [a, b], outputs: [y] }: NodeTime): number | undefined {
  if (!a || !b || !y) return undefined
  if (/Conv$/.test(op)) return 2 * elements(y) * (elements(b) / (b[0] ?? 1))
  if (!/MatMul$|Gemm$/.test(op)) return undefined
  // Transposed or not: of (M, K), (K, N) and (M, N) the product is (M·K·N)², also for each of a batch.
  const batch = elements(y.slice(0, -2))
  const shared = (dims: readonly number[]) => elements(dims) / elements(dims.slice(0, -2))
  return 2 * batch * Math.sqrt(shared(a) * shared(b) * shared(y))
}

/** Bytes that a node reads and writes at least, for elements of 4 bytes. */
export const bytesOf = ({ inputs, outputs }: NodeTime): number =>
  4 * [...inputs, ...outputs].reduce((sum, dims) => sum + elements(dims), 0)
