import { elementCount, type Graph, inferTypes, ModelError, matchInitializers, operatorOf } from '@pare/core-graph'
import { gradientError, gradientOf } from './autodiff.ts'

/** The float32 initializers that a gradient rule calls trainable and that are no single numbers, once each. */
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
        trainable.includes(spec.replace('?', ''))
      )
        names.add(name)
    }
  }
  return [...names]
}

/**
 * The parameters to train: those that can be and those added, without the frozen ones.
 * @throws ModelError `MODEL_TRAIN` when there are none; RecipeError `RECIPE_NO_MATCH` for a pattern that matches nothing
 */
export function parametersToTrain(
  model: Graph,
  {
    freeze,
    trainable = [],
  }: { readonly freeze: readonly string[]; readonly trainable?: readonly string[] | undefined },
): ReadonlySet<string> {
  const frozen = matchInitializers(model, freeze, 'freeze')
  const chosen = [...trainableParameters(model), ...trainable].filter(name => !frozen.has(name))
  if (chosen.length > 0) return new Set(chosen)
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `The model ${model.name} has no weights that can be trained.`,
    hint: 'Weights are initializers of type float32 that a Conv, Gemm, MatMul, Add or BatchNormalization reads, and that are not frozen.',
  })
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
