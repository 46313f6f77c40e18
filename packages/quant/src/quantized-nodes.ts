import { bodiesOf, type Graph, graphIndex, inferTypes, isFloat, matchNodes, type Node } from '@pare/core-graph'
import { type AnyRule, inputNames, type RuleContext, ruleContext } from './rule.ts'
import { rules } from './rules/registry.ts'

/** A node that is to compute in int8. */
export interface QuantizedNode {
  readonly node: Node
  readonly rule: AnyRule
  readonly context: RuleContext
  /** Values and constants that it reads with an activation's scale, one each. */
  readonly data: readonly string[]
  /** The values that leave it by a Q/DQ pair: behind the Relu or Clip that it does the work of, none where they stay float. */
  readonly outputs: readonly string[]
}

export interface QuantizedNodes {
  /** In the graph's order. */
  readonly nodes: readonly QuantizedNode[]
  /** Relu and Clip nodes whose work is done by the pair behind them. */
  readonly absorbed: ReadonlySet<Node>
  /** Why each other node of the graph stays float. */
  readonly reasons: ReadonlyMap<Node, string>
}

type Candidate = Omit<QuantizedNode, 'outputs'>

/** Which nodes may be quantized. */
export interface NodeChoice {
  /** Only these nodes (patterns of core-graph's `matchNodes`). Default: all. */
  readonly include?: readonly string[] | undefined
  /** Not these. Default: none. */
  readonly exclude?: readonly string[] | undefined
  /** Nor these, by their very names, each for a reason of its own. Default: none. */
  readonly keep?: ReadonlyMap<string, string> | undefined
}

/**
 * Chooses the nodes: first each by its own rule, then those that follow others only as long as they have a quantized
 * node before and behind them.
 * @throws RecipeError `RECIPE_NO_MATCH`
 */
export function chooseNodes(graph: Graph, { include, exclude = [], keep }: NodeChoice): QuantizedNodes {
  const included = include && matchNodes(graph, include, 'include')
  const excluded = matchNodes(graph, exclude, 'exclude')
  const reasons = new Map<Node, string>()
  const active = new Map<Node, Candidate>()
  for (const node of graph.nodes) {
    const chosen = excluded.has(node) ? 'excluded' : included?.has(node) === false ? 'not included' : undefined
    const reason = chosen ? `${chosen} by the options` : keep?.get(node.name)
    const candidate = reason ?? candidateOf(graph, node)
    if (typeof candidate === 'string') reasons.set(node, candidate)
    else active.set(node, candidate)
  }
  const neighbours = neighboursOf(graph, active)
  // Whoever drops out may leave its neighbours without a quantized one, so again until none does.
  for (let before = -1; before !== active.size; ) {
    before = active.size
    const candidates = [...active.values()]
    // There and back: a long chain drops out in one round, whether it lacks a node before or behind it.
    for (const candidate of [...candidates, ...candidates.toReversed()]) {
      const reason = active.has(candidate.node) ? neighbours.nothingToGain(candidate) : undefined
      if (reason === undefined) continue
      active.delete(candidate.node)
      reasons.set(candidate.node, reason)
    }
  }
  const absorbed = new Set([...active.values()].filter(neighbours.isAbsorbed).map(({ node }) => node))
  const nodes = [...active.values()]
    .filter(({ node }) => !absorbed.has(node))
    .map(candidate => ({ ...candidate, outputs: neighbours.outputsOf(candidate) }))
  return { nodes, absorbed, reasons }
}

const registry: ReadonlyMap<string, AnyRule> = new Map(Object.entries(rules))

/** The rule of a node's operator. */
export const ruleOf = (node: Node): AnyRule | undefined => (node.domain === '' ? registry.get(node.op) : undefined)

/** What a node's own rule says: a candidate, or why it stays float. */
function candidateOf(graph: Graph, node: Node): Candidate | string {
  const rule = ruleOf(node)
  if (bodiesOf(node).length > 0) return 'what runs in its bodies is not quantized'
  if (!rule) return `no quantization rule for ${node.domain ? `${node.domain}.` : ''}${node.op}`
  const context = ruleContext(graph, node)
  const { weight, bias } = rule
  const dynamic = weight && !context.constant(weight.input)
  if (dynamic && !weight.dynamic) return `its weights ${weight.input} are computed at run time`
  const data = [...rule.data, ...(dynamic ? [weight.input] : [])].flatMap(input => inputNames(node, input))
  if (data.every(name => graph.initializers.has(name)))
    return `it only reads constants (${data.join(', ')}), which stay float`
  const biasName = bias && inputNames(node, bias)[0]
  if (biasName && !graph.initializers.has(biasName)) return `its bias ${bias} is computed at run time`
  const weights = weight && !dynamic ? inputNames(node, weight.input) : []
  const outputs = node.outputs.filter(name => name !== '')
  return (
    typeProblem(graph, [...data, ...weights, ...(biasName ? [biasName] : []), ...outputs]) ??
    rule.refuse?.(context) ?? { node, rule, context, data: [...new Set(data)] }
  )
}

function typeProblem(graph: Graph, names: readonly string[]): string | undefined {
  const { values } = inferTypes(graph)
  for (const name of names) {
    const type = values.get(name)
    if (!type) return `the type of ${name} is not known`
    if (type.dataType !== 'float32') return `${name} is ${type.dataType}, not float32`
  }
  return undefined
}

/** Questions about the nodes around a candidate, answered by those that are active when they are asked. */
function neighboursOf(graph: Graph, active: ReadonlyMap<Node, Candidate>) {
  const { producer, users, outputs } = graphIndex(graph)
  const readersOf = (value: string) => (users.get(value) ?? []).flatMap(node => active.get(node) ?? [])
  const producerOf = (value: string) => {
    const node = producer.get(value)
    return node && active.get(node)
  }

  /** The value behind the only reader of this one, where that could be a node whose work the pair does. */
  const behind = (value: string): string | undefined => {
    const [reader, ...others] = users.get(value) ?? []
    const candidate = reader && others.length === 0 && !outputs.has(value) ? active.get(reader) : undefined
    return candidate?.rule.absorbed?.(candidate.context) ? (reader?.outputs[0] ?? '') : undefined
  }
  /** Where a node's values leave it: behind all that its pair does the work of. */
  const endOf = (value: string): string => {
    let end = value
    for (let next = behind(end); next !== undefined; next = behind(end)) end = next
    return end
  }
  const endsOf = ({ node, rule }: Candidate) =>
    node.outputs.filter(name => name !== '').map(name => (rule.output === 'own' ? endOf(name) : name))
  const isRead = (value: string) => readersOf(value).some(reader => reader.data.includes(value))
  const staysFloat = (candidate: Candidate) => candidate.rule.floatOutput === true && !endsOf(candidate).some(isRead)
  const outputsOf = (candidate: Candidate) => (staysFloat(candidate) ? [] : endsOf(candidate))

  const isAbsorbed = (candidate: Candidate): boolean => {
    for (let follower: Candidate | undefined = candidate; follower?.rule.absorbed?.(follower.context); ) {
      const [value = ''] = follower.data
      const before = producerOf(value)
      if (!before || behind(value) === undefined) return false
      if (before.rule.output === 'own' && !staysFloat(before)) return true
      follower = before
    }
    return false
  }

  const nothingToGain = (candidate: Candidate): string | undefined => {
    if (candidate.rule.role === 'computes' || isAbsorbed(candidate)) return undefined
    if (!candidate.data.some(value => producerOf(value))) return 'nothing to gain: no quantized node comes before it'
    if (!endsOf(candidate).some(isRead)) return 'nothing to gain: no quantized node reads its result'
    return undefined
  }
  return { outputsOf, isAbsorbed, nothingToGain }
}

/** Whether a node computes with floats, so that it could be "left float" at all. */
export function worksOnFloats(graph: Graph, node: Node): boolean {
  const { values } = inferTypes(graph)
  return node.outputs.some(name => {
    const type = values.get(name)
    return name !== '' && (!type || isFloat(type.dataType))
  })
}
