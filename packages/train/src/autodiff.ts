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
  readsOf,
  type Value,
} from '@pare/core-graph'
import { expandComposites } from './composites/expand-composites.ts'
import type { AnyGradient, GradientOptions } from './gradient.ts'
import { gradients as rules } from './gradients/registry.ts'
import { sumTo } from './shapes.ts'

const registry: ReadonlyMap<string, AnyGradient> = new Map(
  Object.entries(rules) as unknown as Iterable<[string, AnyGradient]>,
)

/** The gradient rule of a node's operator, if there is one. */
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
 * Levels that QuantizeLinear makes carry a gradient to DequantizeLinear and through what moves them about (Reshape,
 * Concat); where else a number becomes an integer, its gradient ends.
 *
 * @param loss name of a scalar of the graph; of several losses, of their weighted sum
 * @param values names of inputs, initializers or inner values of the graph
 * @throws ModelError `MODEL_GRADIENT` when the way from the loss to a value leads through an operator without a
 *   gradient rule, or there is none, or the loss is no scalar
 */
export function gradients(
  graph: Graph,
  loss: string,
  values: readonly string[],
  options: Partial<GradientOptions> = {},
): Differentiated {
  const differentiated = differentiate(graph, loss, values, options)
  const names = [...differentiated.gradients.values()]
  return { ...differentiated, graph: expandComposites(differentiated.graph, names) }
}

/** As `gradients`, with composites still in the graph: `expandComposites` or `lower` replaces them. */
export function differentiate(
  graph: Graph,
  loss: string,
  values: readonly string[],
  options: Partial<GradientOptions> = {},
): Differentiated {
  const b = createBuilder(graph)
  const result = b.scope('gradient', () => addGradients(b, graph, loss, values, { rangeMask: true, ...options }))
  return { graph: b.build(), gradients: result }
}

function addGradients(
  b: GraphBuilder,
  graph: Graph,
  loss: string,
  values: readonly string[],
  options: GradientOptions,
): ReadonlyMap<string, string> {
  checkScalar(b.value(loss))
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
    if (!node.outputs.some(name => needed.has(name))) continue
    const reached = node.outputs.map(name => (needed.has(name) ? total(name) : undefined))
    if (reached.every(gradient => gradient === undefined)) continue
    const rule = ruleOf(graph, node, values)
    b.scope(node.name, () => {
      for (const [input, gradient] of passBack(b, node, rule, reached, needed, options)) give(input, gradient)
    })
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

function checkScalar({ name, shape }: Value): void {
  if (!shape || shape.length === 0) return
  throw new ModelError({
    code: 'MODEL_GRADIENT',
    message: `A loss is one number [], but ${name} is a tensor [${shape.join(', ')}].`,
    hint: 'Take its sum or mean.',
  })
}

/**
 * The values that depend on any of the given ones and carry a gradient, these included, and those of unknown type:
 * floats, integers that a rule says are differentiable (levels), and what is made of these in their own type.
 */
function dependents(graph: Graph, values: readonly string[]): ReadonlySet<string> {
  const types = inferTypes(graph).values
  const names = new Set(values)
  const typeOf = (name: string) => types.get(name)?.dataType ?? 'float32'
  for (const node of graph.nodes) {
    const carrying = readsOf(node).filter(input => names.has(input))
    if (carrying.length === 0) continue
    const integers = new Set(carrying.map(typeOf).filter(type => !isFloat(type)))
    const carries = (name: string) =>
      isFloat(typeOf(name)) || integers.has(typeOf(name)) || gradientOf(node)?.differentiableIntegers === true
    for (const output of node.outputs) if (output && carries(output)) names.add(output)
  }
  return names
}

/** @throws ModelError `MODEL_GRADIENT` when a node has no rule: which values cannot be trained because of it */
function ruleOf(graph: Graph, node: Node, values: readonly string[]): AnyGradient {
  const rule = gradientOf(node)
  if (rule) return rule
  const before = values.filter(value => dependents(graph, [value]).has(node.outputs.find(name => name) ?? ''))
  throw gradientError(
    node,
    'has no gradient rule',
    `Freeze what is before it, which leaves these out of training: ${listText(before)}. Or write the rule: one file in packages/train/src/gradients.`,
  )
}

const listText = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} others` : names.join(', ')

/**
 * Adds the gradients of a node's inputs, as far as they are needed.
 * @param reached the gradients of its outputs, place by place
 */
function passBack(
  b: GraphBuilder,
  node: Node,
  rule: AnyGradient,
  reached: readonly (Value | undefined)[],
  needed: ReadonlySet<string>,
  options: GradientOptions,
): readonly (readonly [input: string, gradient: Value])[] {
  const { inputs, outputs, attributes } = operatorOf(node) ?? { inputs: [], outputs: [], attributes: {} }
  const lookUp = (names: readonly string[]) => names.map(name => (name ? b.value(name) : undefined))
  const named = {
    ...byName(inputs, lookUp(node.inputs)),
    ...byName(outputs, lookUp(node.outputs)),
    ...gradientsByName(node, outputs, reached),
  }
  const backward = rule.backward(b, named as never, readAttributes(node, attributes) as never, options)
  const last = inputs.length - 1
  return node.inputs.flatMap((input, place) => {
    if (!needed.has(input)) return []
    const name = (inputs[Math.min(place, last)] ?? '').replace(/\?$|\.\.\.$/, '')
    const make = backward[name]
    if (!make) throw gradientError(node, `has no gradient for its input ${name}`, `Freeze what ${input} is made of.`)
    return [[input, sumTo(b, make(Math.max(0, place - last)), b.value(input))]]
  })
}

/** `{ dY }`, or `{ doutputs }`, one for each place, where an operator has any number of outputs. */
function gradientsByName(node: Node, [spec = '']: readonly string[], reached: readonly (Value | undefined)[]) {
  if (spec.endsWith('...')) return { [`d${spec.slice(0, -3)}`]: reached }
  const [first, ...others] = reached
  const other = node.outputs[1 + others.findIndex(gradient => gradient !== undefined)]
  if (!first || others.some(gradient => gradient !== undefined))
    throw gradientError(node, `gives no gradient to its output ${other}`, 'Take the loss from another value.')
  return { [`d${spec}`]: first }
}

/** The error of a node that has no gradient: `problem` goes on after its name. */
export const gradientError = (node: Node, problem: string, hint: string) =>
  new ModelError({ code: 'MODEL_GRADIENT', message: `Node ${node.name} (${node.op}) ${problem}.`, hint, node })
