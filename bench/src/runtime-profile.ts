import { readFileSync } from 'node:fs'

/** One node over several runs. */
export interface NodeTime {
  readonly name: string
  readonly op: string
  /** Milliseconds of one run, the mean. */
  readonly ms: number
  /** Dimensions of the inputs and outputs, where the runtime knows them. */
  readonly inputs: readonly (readonly number[])[]
  readonly outputs: readonly (readonly number[])[]
}

export interface RuntimeProfile {
  /** Milliseconds of one run from its beginning to its end, the mean; without what is done around it in JavaScript. */
  readonly runMs: number
  readonly runs: number
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

/** Reads what onnxruntime wrote; the first runs are left out. */
export function readProfile(path: string, skip: number): RuntimeProfile {
  const events = (JSON.parse(readFileSync(path, 'utf8')) as Event[]).toSorted((a, b) => a.ts - b.ts)
  const runs = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').slice(skip)
  const first = runs[0]?.ts ?? Number.POSITIVE_INFINITY
  const mean = (microseconds: number) => microseconds / 1000 / runs.length
  const nodes = new Map<string, { event: Event; total: number }>()
  for (const event of events) {
    if (event.cat !== 'Node' || !event.name.endsWith('_kernel_time') || event.ts < first) continue
    const node = nodes.get(event.name) ?? { event, total: 0 }
    node.total += event.dur
    nodes.set(event.name, node)
  }
  return {
    runMs: mean(runs.reduce((sum, { dur }) => sum + dur, 0)),
    runs: runs.length,
    nodes: [...nodes.values()].map(({ event: { name, args }, total }) => ({
      name: name.replace(/_kernel_time$/, ''),
      op: args.op_name ?? '',
      ms: mean(total),
      inputs: shapesOf(args.input_type_shape),
      outputs: shapesOf(args.output_type_shape),
    })),
  }
}

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
