import {
  elementCount,
  type Graph,
  inferTypes,
  ModelError,
  matchInitializers,
  nearest,
  operatorOf,
  readsOf,
  type Tensor,
  tensorElements,
} from '@pare/core-graph'
import { gradientError, gradientOf } from './autodiff.ts'

/**
 * The float32 initializers that a gradient rule calls trainable and that are no single numbers, nor masks, once each.
 */
export function trainableParameters(graph: Graph): readonly string[] {
  const names = new Set<string>()
  for (const node of graph.nodes) {
    const { inputs = [] } = operatorOf(node) ?? {}
    const { trainable = [], trainsSingles = true } = gradientOf(node) ?? {}
    for (const [place, spec] of inputs.entries()) {
      const name = node.inputs[place] ?? ''
      const tensor = graph.initializers.get(name)
      if (
        tensor &&
        tensor.dataType === 'float32' &&
        tensor.dims.length > 0 &&
        (trainsSingles || elementCount(tensor.dims) > 1) &&
        trainable.includes(spec.replace('?', '')) &&
        !isMask(tensor)
      )
        names.add(name)
    }
  }
  return [...names]
}

/** Whether a tensor is infinite somewhere, as what is added to the scores of attention is: no weights are. */
export function isMask(tensor: Tensor): boolean {
  for (const value of tensorElements(tensor)) if (Math.abs(Number(value)) === Number.POSITIVE_INFINITY) return true
  return false
}

/**
 * The parameters to train: those that can be and those added, without the frozen ones.
 * @throws ModelError `MODEL_TRAIN` when there are none, or one that was added is not there; RecipeError `RECIPE_NO_MATCH` for a pattern that matches nothing
 */
export function parametersToTrain(
  model: Graph,
  {
    freeze,
    trainable = [],
  }: { readonly freeze: readonly string[]; readonly trainable?: readonly string[] | undefined },
): ReadonlySet<string> {
  checkInitializers(model, trainable)
  const frozen = matchInitializers(model, freeze, 'freeze')
  const chosen = [...trainableParameters(model), ...trainable].filter(name => !frozen.has(name))
  if (chosen.length > 0) return new Set(chosen)
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `The model ${model.name} has no weights that can be trained.`,
    hint: 'Weights are float32 initializers that layers read (Conv, Gemm, MatMul, Add, BatchNormalization and others that have parameters), and that are not frozen.',
  })
}

/** @throws ModelError `MODEL_TRAIN` for a name that no initializer has */
export function checkInitializers({ name: model, initializers }: Graph, names: Iterable<string>): void {
  for (const name of names) {
    if (initializers.has(name)) continue
    const near = nearest(name, initializers.keys()).slice(0, 3)
    throw new ModelError({
      code: 'MODEL_TRAIN',
      message: `Training is to change ${name}, which is no initializer of the model ${model}.`,
      hint: `The nearest are ${near.map(({ word }) => word).join(', ')}.`,
    })
  }
}

/** Operators whose parameters are broadcast over a tensor: biases, scales and slopes. */
const broadcasting: ReadonlySet<string> = new Set(['Add', 'Expand', 'Mul', 'PRelu'])

/**
 * Whether weight decay is for a parameter: not for biases, scales and shifts, whose decay does not regularize (He et al.
 * 2019, "Bag of Tricks", 3.1). These are vectors, also where they are written as `[C, 1, 1]` to be broadcast; `[1, K]`
 * that a linear layer reads is none.
 */
export function decays({ nodes, initializers }: Graph, name: string): boolean {
  const { dims = [] } = initializers.get(name) ?? {}
  if (dims.length <= 1) return false
  if (dims.filter(size => size > 1).length > 1) return true
  return nodes.some(node => readsOf(node).includes(name) && !broadcasting.has(node.op))
}

/** @throws ModelError `MODEL_GRADIENT` for a model with an operator that nothing is known of */
export function checkKnown(model: Graph): void {
  for (const { node, reason } of inferTypes(model).unknown)
    throw gradientError(node, `cannot be differentiated: ${reason}`, 'Train a model without this operator.')
}

/** The values and initializers that a value is computed from, itself too. */
export function sourcesOf(graph: Graph, name: string): ReadonlySet<string> {
  const sources = new Set([name])
  for (const { inputs, outputs } of graph.nodes.toReversed())
    if (outputs.some(output => sources.has(output))) for (const input of inputs) sources.add(input)
  return sources
}
