import {
  type Graph,
  passes,
  runPasses,
  type TensorData,
  tensorElements,
  tensorOf,
  withInputShapes,
} from '@pare/core-graph'
import type { StepGraph } from './step-graph.ts'

/** The tensors that a step changes, by name. */
export type State = ReadonlyMap<string, TensorData>

export const initialState = ({ state }: StepGraph): State =>
  new Map(
    [...state].map(([name, { initial }]) => [
      name,
      { dataType: initial.dataType, dims: initial.dims, data: tensorElements(initial) },
    ]),
  )

/** The part of the state that becomes the model's: without velocities. */
export const modelState = (step: StepGraph, state: State): State =>
  new Map([...state].filter(([name]) => step.state.get(name)?.ofModel))

/** The model with what the state has for its parameters and running statistics as its initializers. */
export function withState(model: Graph, step: StepGraph, state: State): Graph {
  const initializers = new Map(model.initializers)
  for (const [name, { dataType, dims, data }] of modelState(step, state))
    initializers.set(step.state.get(name)?.ofModel ?? name, tensorOf(dataType, dims, data))
  return { ...model, initializers }
}

/** The model for batches of this size: the first dimension of its input. */
export function withBatchSize(model: Graph, size: number): Graph {
  const shapes = model.inputs.flatMap(({ name, type }) => {
    const rest = type?.shape?.slice(1)
    return rest?.every(dimension => typeof dimension === 'number') ? [[name, [size, ...rest]] as const] : []
  })
  return withInputShapes(model, Object.fromEntries(shapes))
}

/** The operators in their newest form, every weight an initializer of its own layer, nothing that goes unread. */
export const prepared = (model: Graph): Graph =>
  runPasses(model, [
    passes['upgrade-opset'],
    passes['remove-identity'],
    passes['remove-dead-code'],
    passes['fold-constants'],
    passes['remove-dead-code'],
  ]).graph
