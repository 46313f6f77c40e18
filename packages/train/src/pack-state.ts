import {
  createRewriter,
  elementCount,
  type Graph,
  type InitialState,
  redirectReads,
  type TensorData,
  type TensorMap,
} from '@pare/core-graph'
import { type State, sessionState } from './model-state.ts'
import type { StepGraph } from './step-graph.ts'

/** Elements of the largest tensor that is packed: copies of one large array are slower than those of its parts. */
const mostElements = 4096
const packedName = 'state/packed'
const packedNext = 'next/state/packed'

/** A tensor in the packed one. */
interface Part {
  readonly name: string
  readonly dims: readonly number[]
  readonly offset: number
  readonly length: number
  /** Name of the output that has it after a step. */
  readonly next: string
}

/** A step whose small tensors of state are parts of a single one, and the way from one to the other. */
export interface PackedStep {
  readonly graph: Graph
  readonly accumulation: Graph | undefined
  /** What a session begins with. */
  readonly state: ReadonlyMap<string, InitialState>
  /** Names of the session's state that hold the tensors of these names. */
  namesFor(names: readonly string[]): readonly string[]
  /** Tensors of the step's state out of those that `namesFor` names. */
  unpack(names: readonly string[], tensors: TensorMap): TensorMap
  /** The session's tensors that are new when these tensors are; `before` has the packed one, if it is among them. */
  pack(tensors: TensorMap, before: TensorMap): TensorMap
}

/**
 * Makes one tensor of all small ones of a step's state: onnxruntime-node copies each output by itself, and a network
 * has hundreds of vectors (MobileNetV1: 274 tensors cost 1.4 ms a step, packed into 17 they cost 0.25 ms).
 */
export function packState(step: StepGraph, before: State): PackedStep {
  const own = sessionState(step, before)
  const parts = partsOf(own)
  const byName = new Map(parts.map(part => [part.name, part]))
  const joined = (tensorOf: (part: Part) => TensorData | undefined, base?: TensorData): TensorData => {
    const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
    if (base) data.set(base.data as Float32Array)
    for (const part of parts) data.set((tensorOf(part)?.data ?? []) as Float32Array, part.offset)
    return { dataType: 'float32', dims: [data.length], data }
  }
  const isPacked = (name: string) => byName.has(name)
  return {
    graph: withPackedState(step.graph, parts),
    accumulation: step.accumulation && withPackedState(step.accumulation, parts),
    state: new Map([
      ...[...own].filter(([name]) => !isPacked(name)),
      ...(parts.length > 0
        ? [[packedName, { initial: joined(({ name }) => before.get(name)), next: packedNext }] as const]
        : []),
    ]),
    namesFor: names => [...names.filter(name => !isPacked(name)), ...(names.some(isPacked) ? [packedName] : [])],
    unpack: (names, tensors) =>
      Object.fromEntries(
        names.flatMap(name => {
          const part = byName.get(name)
          const tensor = part ? slice(tensors[packedName], part) : tensors[name]
          return tensor ? [[name, tensor]] : []
        }),
      ),
    pack: (tensors, held) => ({
      ...Object.fromEntries(Object.entries(tensors).filter(([name]) => !isPacked(name))),
      ...(Object.keys(tensors).some(isPacked)
        ? { [packedName]: joined(({ name }) => tensors[name], held[packedName]) }
        : {}),
    }),
  }
}

function partsOf(state: ReadonlyMap<string, InitialState>): readonly Part[] {
  let offset = 0
  return [...state].flatMap(([name, { initial, next }]) => {
    const length = elementCount(initial.dims)
    if (initial.dataType !== 'float32' || length === 0 || length > mostElements || next === undefined) return []
    offset += length
    return [{ name, dims: initial.dims, offset: offset - length, length, next }]
  })
}

const slice = (packed: TensorData | undefined, { dims, offset, length }: Part): TensorData | undefined =>
  packed && { dataType: 'float32', dims, data: packed.data.slice(offset, offset + length) }

/** The graph with one input in place of those of the parts, and one output in place of theirs. */
function withPackedState(graph: Graph, parts: readonly Part[]): Graph {
  if (parts.length === 0) return graph
  const b = createRewriter(graph)
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  const packed = b.input(packedName, 'float32', [total])
  const pieces = b.Split(packed, b.ints(...parts.map(({ length }) => length)), { axis: 0 })
  const names = new Map(
    parts.map(({ name, dims }, place) => [name, b.Reshape(pieces[place] ?? packed, b.ints(...dims)).name]),
  )
  for (const node of redirectReads(graph.nodes, names)) b.add(node)
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const after = parts.map(({ next }, place) =>
    outputs.has(next) ? b.Reshape(b.value(next), b.ints(-1)) : (pieces[place] ?? packed),
  )
  b.output(b.named(b.Concat(after, { axis: 0 }), packedNext))
  const made = b.build()
  const gone = new Set(parts.flatMap(({ name, next }) => [name, next]))
  return {
    ...made,
    inputs: made.inputs.filter(({ name }) => !gone.has(name)),
    outputs: made.outputs.filter(({ name }) => !gone.has(name)),
  }
}
