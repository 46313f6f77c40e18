import { type Graph, graphIndex, ModelError } from '@pare/core-graph'

// What changes the representation or the order of scores, not what they are.
const handingOn: ReadonlySet<string> = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'Identity',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
])

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

/** What the Softmax reads that a value is made by; undefined where none makes it. */
export function beforeSoftmax(graph: Graph, name: string): string | undefined {
  const node = graphIndex(graph).producer.get(name)
  const [input] = node?.inputs ?? []
  if (node === undefined || !input || node.domain !== '') return undefined
  if (node.op === 'Softmax') return input
  return handingOn.has(node.op) ? beforeSoftmax(graph, input) : undefined
}
