import {
  type Graph,
  type InitialState,
  isFloat,
  passes,
  readsOf,
  simplifyUnfolded,
  type TensorData,
  type TensorMap,
  tensorElements,
  tensorOf,
  withInputShapes,
} from '@pare/core-graph'
import { rebatched } from './any-batch.ts'
import type { StepGraph } from './step-graph.ts'

/** The tensors that a step changes, by name. */
export type State = ReadonlyMap<string, TensorData>

export const stateOf = (tensors: TensorMap): State => new Map(Object.entries(tensors))

export const initialState = ({ state }: StepGraph): State =>
  new Map(
    [...state].map(([name, { initial }]) => [
      name,
      { dataType: initial.dataType, dims: initial.dims, data: tensorElements(initial) },
    ]),
  )

/** What a stateful session begins with. */
export const sessionState = ({ state }: StepGraph, before: State): ReadonlyMap<string, InitialState> =>
  new Map(
    [...state].flatMap(([name, { next }]) => {
      const initial = before.get(name)
      return initial ? [[name, { initial, next }] as const] : []
    }),
  )

/** Names of the state that becomes the model: without velocities, and averages in place of the weights themselves. */
export const namesOfModel = ({ state }: StepGraph): readonly string[] =>
  [...state].flatMap(([name, { ofModel }]) => (ofModel === undefined ? [] : [name]))

/** The model with the state's parameters and running statistics as its initializers. */
export function withState(model: Graph, step: StepGraph, state: State): Graph {
  const initializers = new Map(model.initializers)
  for (const [name, { dataType, dims, data }] of state) {
    const { ofModel } = step.state.get(name) ?? {}
    if (ofModel !== undefined) initializers.set(ofModel, tensorOf(dataType, dims, data))
  }
  return { ...model, initializers }
}

/** Whether all numbers of a tensor are finite. */
export function isFiniteTensor({ data }: TensorData): boolean {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return true
  for (const value of data) if (!Number.isFinite(value)) return false
  return true
}

/**
 * The model for batches of this size: the first dimension of its input. Shapes that follow from it become constants,
 * since gradients ask for them; weights are left as they are. A model that was exported for another size is made to take
 * this one.
 * @param kept as `prepared` has it
 * @throws ModelError `MODEL_BATCH_SIZE` for a model that takes its own batch size only
 */
export function withBatchSize(model: Graph, size: number, kept: readonly string[] = []): Graph {
  return rebatched(model, size, any => forBatches(any, size, kept))
}

function forBatches(model: Graph, size: number, kept: readonly string[]): Graph {
  const shapes = model.inputs.flatMap(({ name, type }) => {
    const rest = type?.shape?.slice(1)
    return rest?.every(dimension => typeof dimension === 'number') ? [[name, [size, ...rest]] as const] : []
  })
  const weights = [...model.initializers].flatMap(([name, { dataType }]) => (isFloat(dataType) ? [name] : []))
  return prepared(withInputShapes(model, Object.fromEntries(shapes)), [...weights, ...kept])
}

/**
 * The operators in their newest form, every weight an initializer of its own layer, nothing that goes unread.
 * @param kept names of initializers that are no constants, so that nothing is computed from them ahead, and of values
 *   that are there afterwards although no output is made of them
 */
export function prepared(model: Graph, kept: readonly string[] = []): Graph {
  const names = new Set(kept)
  const held = new Map([...model.initializers].filter(([name]) => names.has(name)))
  const values = model.nodes.flatMap(({ outputs }) => outputs.filter(name => names.has(name)))
  const graph = simplifyUnfolded({
    ...model,
    initializers: new Map([...model.initializers].filter(([name]) => !held.has(name))),
    inputs: [
      ...model.inputs,
      ...[...held].map(([name, { dataType, dims }]) => ({ name, type: { dataType, shape: dims } })),
    ],
    outputs: [...new Set([...model.outputs.map(({ name }) => name), ...values])].map(
      name => model.outputs.find(output => output.name === name) ?? { name, type: undefined },
    ),
  })
  return {
    ...graph,
    initializers: new Map([...graph.initializers, ...held]),
    inputs: graph.inputs.filter(({ name }) => !held.has(name)),
    outputs: graph.outputs.slice(0, model.outputs.length),
  }
}

/** What the outputs are made of, with the inputs named and those that are read. */
export function withoutUnread(graph: Graph, inputs: ReadonlySet<string>): Graph {
  const live = passes['remove-dead-code'].run(graph).graph
  const read = new Set(live.nodes.flatMap(readsOf))
  return { ...live, inputs: live.inputs.filter(({ name }) => inputs.has(name) || read.has(name)) }
}
