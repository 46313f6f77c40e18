import {
  byName,
  createBuilder,
  type Graph,
  type GraphBuilder,
  inferTypes,
  isFloat,
  ModelError,
  type Node,
  operatorOf,
  readAttributes,
  type Value,
} from '@pare/core-graph'
import { expandComposites } from './composites/expand-composites.ts'
import type { AnyGradient } from './gradient.ts'
import { gradients as rules } from './gradients/registry.ts'
import { sumTo } from './shapes.ts'

const registry: ReadonlyMap<string, AnyGradient> = new Map(
  Object.entries(rules) as unknown as Iterable<[string, AnyGradient]>,
)

export const gradientOf = (node: Pick<Node, 'op' | 'domain'>): AnyGradient | undefined =>
  node.domain === '' ? registry.get(node.op) : undefined

/** A graph with its backward part, and where in it the gradients are. */
export interface Differentiated {
  readonly graph: Graph
  /** Name of each value that was asked for, and of its gradient: of the same shape. */
  readonly gradients: ReadonlyMap<string, string>
}

/**
 * Reverse-mode differentiation: adds the nodes that compute d loss / d value for the given values, and only those
 * that this takes. Every node is a standard ONNX operator; the graph's outputs stay as they are.
 *
 * @param loss name of a scalar of the graph
 * @param values names of inputs, initializers or inner values of the graph
 * @throws ModelError `MODEL_GRADIENT` when the way from the loss to a value leads through an operator without a
 *   gradient rule, or there is none
 */
export function gradients(graph: Graph, loss: string, values: readonly string[]): Differentiated {
  const differentiated = differentiate(graph, loss, values)
  const names = [...differentiated.gradients.values()]
  return { ...differentiated, graph: expandComposites(differentiated.graph, names) }
}

/** As `gradients`, with composites still in the graph: `expandComposites` or `lower` replaces them. */
export function differentiate(graph: Graph, loss: string, values: readonly string[]): Differentiated {
  const b = createBuilder(graph)
  const result = b.scope('gradient', () => addGradients(b, graph, loss, values))
  return { graph: b.build(), gradients: result }
}

function addGradients(
  b: GraphBuilder,
  graph: Graph,
  loss: string,
  values: readonly string[],
): ReadonlyMap<string, string> {
  const needed = dependents(graph, values)
  const parts = new Map<string, Value[]>([[loss, [b.scalar(1, b.value(loss).dataType)]]])
  const totals = new Map<string, Value>()
  const total = (name: string): Value | undefined => {
    const known = totals.get(name)
    if (known) return known
    const [first, ...others] = parts.get(name) ?? []
    if (!first) return undefined
    const sum = others.reduce((total, part) => b.Add(total, part), first)
    totals.set(name, sum)
    return sum
  }
  const give = (name: string, gradient: Value) => {
    const list = parts.get(name)
    if (list) list.push(gradient)
    else parts.set(name, [gradient])
  }

  for (const node of graph.nodes.toReversed()) {
    const [output, ...others] = node.outputs
    const reached = others.find(name => parts.has(name))
    if (reached !== undefined)
      throw gradientError(node, `gives no gradient to its output ${reached}`, 'Take the loss from another value.')
    if (output === undefined || !needed.has(output)) continue
    const gradient = total(output)
    if (gradient) b.scope(node.name, () => passBack(b, node, gradient, needed, give))
  }
  return new Map(
    values.map(name => {
      const gradient = total(name)
      if (gradient) return [name, gradient.name]
      throw new ModelError({
        code: 'MODEL_GRADIENT',
        message: `The loss does not depend on ${name} in a way that can be differentiated.`,
        hint: 'Leave it out of what is trained.',
      })
    }),
  )
}

/** The float values that depend on any of the given ones, these included, and those of unknown type. */
function dependents(graph: Graph, values: readonly string[]): ReadonlySet<string> {
  const types = inferTypes(graph).values
  const names = new Set(values)
  for (const node of graph.nodes)
    if (node.inputs.some(input => names.has(input)))
      for (const output of node.outputs)
        if (output && isFloat(types.get(output)?.dataType ?? 'float32')) names.add(output)
  return names
}

/** Adds the gradients of a node's inputs, as far as they are needed. */
function passBack(
  b: GraphBuilder,
  node: Node,
  gradient: Value,
  needed: ReadonlySet<string>,
  give: (name: string, gradient: Value) => void,
): void {
  const operator = operatorOf(node)
  const rule = gradientOf(node)
  if (!operator || !rule)
    throw gradientError(
      node,
      'has no gradient rule',
      'Train a model without this operator, or write the rule: one file in packages/train/src/gradients.',
    )
  const lookUp = (names: readonly string[]) => names.map(name => (name ? b.value(name) : undefined))
  const [firstOutput = ''] = operator.outputs
  const named = {
    ...byName(operator.inputs, lookUp(node.inputs)),
    ...byName(operator.outputs, lookUp(node.outputs)),
    [`d${firstOutput}`]: gradient,
  }
  const attributes = readAttributes(node, operator.attributes)
  const backward = rule.backward(b, named as never, attributes as never)
  const last = operator.inputs.length - 1
  for (const [place, input] of node.inputs.entries()) {
    if (!needed.has(input)) continue
    const name = (operator.inputs[Math.min(place, last)] ?? '').replace(/\?$|\.\.\.$/, '')
    const make = backward[name]
    if (!make) throw gradientError(node, `has no gradient for its input ${name}`, 'Make this input a constant.')
    const made = make(Math.max(0, place - last))
    give(input, sumTo(b, made, b.value(input)))
  }
}

export const gradientError = (node: Node, problem: string, hint: string) =>
  new ModelError({ code: 'MODEL_GRADIENT', message: `Node ${node.name} (${node.op}) ${problem}.`, hint, node })
