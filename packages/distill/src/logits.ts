import { beforeSoftmax, type Graph, ModelError } from '@pare/core-graph'

/**
 * The name of a classifier's logits: its only output, or what the Softmax reads that this output is made by.
 * @param option that names another tensor, for the error
 * @throws ModelError `MODEL_DISTILL` when the model has several outputs
 */
export function logitsOf(graph: Graph, option: string): string {
  const [output, ...others] = graph.outputs
  if (output && others.length === 0) return beforeSoftmax(graph, output.name) ?? output.name
  throw new ModelError({
    code: 'MODEL_DISTILL',
    message: `The model ${graph.name} has ${graph.outputs.length} outputs, and ${option} does not say which holds the logits.`,
    hint: `Name one in the option ${option}: ${graph.outputs.map(({ name }) => name).join(', ')}.`,
  })
}
