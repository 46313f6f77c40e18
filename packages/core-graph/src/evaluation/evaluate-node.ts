import { evaluators } from '../evaluators/registry.ts'
import type { Node } from '../graph.ts'
import { operatorOf } from '../infer.ts'
import { byName, readAttributes } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { AnyEvaluator } from './evaluator.ts'

const registry: ReadonlyMap<string, AnyEvaluator> = new Map(Object.entries(evaluators))

/** Element types that can be read one by one; half floats only as raw bits, which moving them needs no more than. */
const readable = /^(float32|float64|float16|bfloat16|bool|u?int(8|16|32|64))$/

/** Whether a node is of an operator that is computed here, with one output, and all its inputs are constant. */
export const isEvaluable = (node: Node, isConstant: (name: string) => boolean): boolean =>
  node.domain === '' &&
  node.outputs.length === 1 &&
  registry.has(node.op) &&
  node.inputs.every(name => name === '' || isConstant(name))

/** The result of a node of one output whose inputs are all constant; undefined where it cannot be computed here. */
export function evaluateNode(node: Node, constantOf: (name: string) => Tensor | undefined): Tensor | undefined {
  const evaluator = registry.get(node.op)
  const operator = operatorOf(node)
  if (!evaluator || !operator || !isEvaluable(node, name => constantOf(name) !== undefined)) return undefined
  const given = node.inputs.map(name => (name ? constantOf(name) : undefined))
  if (given.some(tensor => tensor && !readable.test(tensor.dataType))) return undefined
  const inputs = byName(operator.inputs, given)
  return evaluator.evaluate(inputs as never, readAttributes(node, operator.attributes) as never)
}
