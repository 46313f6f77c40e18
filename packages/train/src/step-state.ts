import { elementCount, type Graph, type GraphBuilder, type Tensor, tensorOf, type Value } from '@pare/core-graph'

/** A tensor that a step changes. */
export interface StateTensor {
  /** Before the first step. */
  readonly initial: Tensor
  /** Name of the output that has it after a step. A graph without this output leaves it as it is. */
  readonly next: string
  /** The initializer of the model that it is to become; undefined for what only training needs. */
  readonly ofModel: string | undefined
}

/** The state of a step whose graph is being made. */
export interface StepState {
  /** Adds a tensor beside those of the model; gives it as it is before the step. */
  add(name: string, initial: Tensor): Value
  /** Says what a tensor is after the step: one that was added, or an initializer of the model. */
  next(name: string, value: Value): void
  /** The initializers of the model that change, by name, and what they are after the step. */
  ofModel(): ReadonlyMap<string, Value>
  /** Makes the tensor with this name what an initializer of the model becomes. */
  standIn(name: string, forInitializer: string): void
  /** The finished graph, with an output for each tensor. */
  build(): { readonly graph: Graph; readonly state: ReadonlyMap<string, StateTensor> }
}

/** Keeps the state of a step that changes initializers of the model; they are inputs of the builder's graph already. */
export function createStepState(b: GraphBuilder, model: Graph, outputs: number): StepState {
  const added = new Map<string, Tensor>()
  const values = new Map<string, Value>()
  const standIns = new Map<string, string>()
  const changing = () => [...values].filter(([name]) => !added.has(name))
  return {
    add: (name, initial) => {
      const input = b.input(name, initial.dataType, initial.dims)
      added.set(input.name, initial)
      return input
    },
    next: (name, value) => {
      values.set(name, value)
      b.output(b.named(value, `next/${name}`))
    },
    ofModel: () => new Map(changing()),
    standIn: (name, forInitializer) => standIns.set(forInitializer, name),
    build: () => {
      const graph = b.build()
      const became = new Map(changing().map(([name]) => [standIns.get(name) ?? name, name]))
      const state = [...values.keys()].map((name, place): [string, StateTensor] => {
        const initial = added.get(name) ?? initializerOf(model, name)
        return [name, { initial, next: graph.outputs[outputs + place]?.name ?? '', ofModel: became.get(name) }]
      })
      return { graph, state: new Map(state) }
    },
  }
}

/** All zeros, as the value's type and shape. */
export const zerosLike = ({ dataType, dims }: Pick<Tensor, 'dataType' | 'dims'>): Tensor =>
  tensorOf(dataType, dims, new Float32Array(elementCount(dims)))

/** @throws Error when the model has none of this name */
export function initializerOf({ initializers }: Graph, name: string): Tensor {
  const tensor = initializers.get(name)
  if (tensor) return tensor
  throw new Error(`${name} is no initializer.`)
}
