import {
  byName,
  type Graph,
  type Inferred,
  inferTypes,
  ModelError,
  type Node,
  operatorOf,
  readAttributes,
  readsOf,
  tensorNumbers,
} from '@pare/core-graph'
import type { AnyChannelRule } from '../rule.ts'
import { rules } from '../rules/registry.ts'
import { type Atoms, createAtoms } from './atoms.ts'
import { createFlow, type FlowRecord } from './flow.ts'
import type { AxisLabels, FlowValue, Labels, Origin } from './labels.ts'
import { placesRead } from './places-read.ts'

/** What an axis of an initializer is to the nodes that compute with it. */
export interface Use {
  readonly role: 'makes' | 'follows' | 'reads'
  readonly node: Node
  /** The node's input by its ONNX name. */
  readonly input: string
}

/** A value that a node reads and sums over, without a weight that could be zero. */
export interface MaskedRead {
  readonly node: Node
  readonly value: string
  readonly axis: number
}

/** Which atoms lie where. */
export interface ChannelPlan {
  readonly atoms: Atoms
  /** Labels of the axes of every value and initializer: places of one channel have one atom. */
  readonly labels: ReadonlyMap<string, AxisLabels>
  /** How each labelled axis of an initializer is used, by `useKey`; more than once where a weight is shared. */
  readonly uses: ReadonlyMap<string, readonly Use[]>
  /** Values made of initializers alone, and those. */
  readonly constants: ReadonlySet<string>
  readonly masked: readonly MaskedRead[]
  /** Layers whose output channels have no atoms, and why. */
  readonly unlabelled: readonly { readonly node: Node; readonly reason: string }[]
  /** What a node's rule sees of its inputs. */
  readonly inputsOf: (node: Node) => Record<string, FlowValue | FlowValue[] | undefined>
}

export const useKey = (tensor: string, axis: number): string => `${axis}:${tensor}`

const registry: ReadonlyMap<string, AnyChannelRule> = new Map(Object.entries(rules))

export const ruleOf = ({ op, domain }: Node): AnyChannelRule | undefined =>
  domain === '' ? registry.get(op) : undefined

const remembered = new WeakMap<Graph, ChannelPlan>()

/** Element types whose tensors are not cut: their elements share bytes, have none of one size, or are not read one by one. */
const uncut = /^(string|u?int[24]|float[48]e.*|undefined)$/

/**
 * Follows channels through a graph, node by node: every axis of an initializer starts with atoms of its own, the
 * operators' rules join them and pass them on. Made once for a graph.
 * @throws ModelError `MODEL_OPSET` for a graph of an operator set before 21, which the rules describe
 */
export function channelPlan(graph: Graph): ChannelPlan {
  const known = remembered.get(graph)
  if (known) return known
  const plan = makePlan(graph)
  remembered.set(graph, plan)
  return plan
}

/** What is known so far of a graph that is walked through. */
interface Walk {
  readonly graph: Graph
  readonly values: ReadonlyMap<string, Inferred>
  readonly atoms: Atoms
  readonly labels: Map<string, AxisLabels>
  readonly constants: Set<string>
  readonly uses: Map<string, Use[]>
  readonly masked: MaskedRead[]
  readonly unlabelled: { node: Node; reason: string }[]
}

function makePlan(graph: Graph): ChannelPlan {
  checkOpset(graph)
  const walk: Walk = {
    graph,
    values: inferTypes(graph).values,
    atoms: createAtoms(),
    labels: new Map(),
    constants: new Set(graph.initializers.keys()),
    uses: new Map(),
    masked: [],
    unlabelled: [],
  }
  const { atoms, labels } = walk
  for (const [name, { dims, dataType }] of graph.initializers) {
    const axes = dims.map((size, axis) => freshLabels(atoms, name, axis, size))
    if (!uncut.test(dataType)) labels.set(name, axes)
  }
  for (const node of graph.nodes) follow(node, walk)
  for (const { name } of graph.outputs)
    for (const item of labels.get(name) ?? [])
      for (const atom of item?.atoms ?? []) atoms.pin(atom, `they are the output ${name} of the model`)
  // Nothing is joined from here on: every place gets the atom that stands for its channel.
  const settled = (item: Labels | undefined) => item && { ...item, atoms: item.atoms.map(atoms.rootOf) }
  for (const [name, axes] of labels) labels.set(name, axes.map(settled))
  return { ...walk, inputsOf: node => inputsOf(node, walk, () => {}) }
}

/** Follows channels through one node: labels its outputs, and pins what its rule does not answer for. */
function follow(node: Node, walk: Walk): void {
  const { graph, values, atoms, labels, constants, unlabelled } = walk
  const rule = ruleOf(node)
  const reads = readsOf(node)
  if (reads.length > 0 && reads.every(name => constants.has(name)))
    for (const output of node.outputs) constants.add(output)
  if (!rule && reads.some(name => (graph.initializers.get(name)?.dims.length ?? 0) > 1))
    unlabelled.push({ node, reason: `how ${node.op} treats them is not known` })
  const asked = new Set<string>()
  const inputs = inputsOf(node, walk, (name, axis) => asked.add(useKey(name, axis)))
  const flow = createFlow({
    node,
    atoms,
    record: recordOf(walk),
    outputShapes: node.outputs.map(name => values.get(name)?.shape),
    placesRead: count => placesRead(graph, values, node.outputs[0] ?? '', count),
    labelsOf: ({ name }, axis) => labels.get(name)?.at(axis),
  })
  const results = rule ? outputsOf(rule, node, inputs, flow) : []
  for (const [index, output] of node.outputs.entries()) {
    const given = results[index]
    if (!output || !given) continue
    const made = fitting(atoms, node, given, values.get(output))
    labels.set(output, constants.has(output) ? made : made.map(item => item && { atoms: item.atoms }))
  }
  for (const name of reads)
    for (const [axis, item] of (labels.get(name) ?? []).entries()) {
      if (!item) continue
      if (graph.initializers.has(name)) addUse(walk, 'follows', node, name, { tensor: name, axis })
      if (!asked.has(useKey(name, axis))) for (const atom of item.atoms) atoms.pin(atom, untouchedReason(node, rule))
    }
}

const recordOf = (walk: Walk): FlowRecord => ({
  makes: (node, weight, origin, size) => {
    if (origin) addUse(walk, 'makes', node, weight.name, origin)
    else walk.unlabelled.push({ node, reason: size === 1 ? 'there is only one' : 'its weight is no initializer' })
  },
  reads: (node, weight, origin) => addUse(walk, 'reads', node, weight.name, origin),
  masks: (node, { name, shape }, axis) =>
    walk.masked.push({ node, value: name, axis: axis < 0 ? axis + shape.length : axis }),
})

function addUse(
  { uses }: Walk,
  role: Use['role'],
  node: Node,
  value: string,
  { tensor, axis }: Pick<Origin, 'tensor' | 'axis'>,
): void {
  const key = useKey(tensor, axis)
  const known = uses.get(key) ?? []
  uses.set(key, known)
  if (!known.some(other => other.role === role && other.node === node))
    known.push({ role, node, input: inputNameOf(node, value) })
}

/** What a rule sees of a node's inputs; `asked` is told of every axis whose labels it takes. */
const inputsOf = (
  node: Node,
  { values, constants, labels }: Walk,
  asked: (name: string, axis: number) => void,
): Record<string, FlowValue | FlowValue[] | undefined> => {
  const seen = (name: string) =>
    flowValue(name, values.get(name), constants.has(name), axis => {
      asked(name, axis)
      return labels.get(name)?.[axis]
    })
  return byName(
    operatorOf(node)?.inputs ?? [],
    node.inputs.map(name => (name ? seen(name) : undefined)),
  )
}

function checkOpset(graph: Graph): void {
  const opset = graph.opsets.get('') ?? 21
  if (opset >= 21) return
  throw new ModelError({
    code: 'MODEL_OPSET',
    message: `The graph ${graph.name} uses operator set ${opset}; channels are followed in 21 and newer.`,
    hint: 'Upgrade it first: simplify(graph), or upgradeOpset(graph).',
  })
}

/** One place alone can never be cut. */
const freshLabels = (atoms: Atoms, tensor: string, axis: number, size: number): Labels | undefined =>
  size > 1 ? { atoms: atoms.fresh(size), origin: { tensor, axis, keepsZero: true } } : undefined

function flowValue(
  name: string,
  known: Inferred | undefined,
  constant: boolean,
  labelsOf: (axis: number) => Labels | undefined,
): FlowValue {
  const shape = known?.shape ?? []
  return {
    name,
    shape,
    constant,
    get numbers() {
      const { constant: tensor, elements } = known ?? {}
      if (tensor && tensor.dims.length <= 1) return tensorNumbers(tensor)
      return elements?.every(element => typeof element === 'number') ? elements : undefined
    },
    axis: axis => labelsOf(axis < 0 ? axis + shape.length : axis),
  }
}

const inputNameOf = (node: Node, value: string): string => {
  const specs = operatorOf(node)?.inputs ?? []
  const index = node.inputs.indexOf(value)
  return (specs[index] ?? specs.at(-1) ?? '').replace(/\?$|\.\.\.$/, '')
}

function outputsOf(
  rule: AnyChannelRule,
  node: Node,
  inputs: Parameters<AnyChannelRule['flow']>[0],
  flow: Parameters<AnyChannelRule['flow']>[2],
): readonly (AxisLabels | undefined)[] {
  const operator = operatorOf(node)
  const results = rule.flow(inputs, readAttributes(node, operator?.attributes ?? {}), flow)
  return (operator?.outputs ?? []).flatMap(spec => {
    const result = results[spec.replace(/\?$|\.\.\.$/, '')]
    return spec.endsWith('...') ? ((result ?? []) as readonly (AxisLabels | undefined)[]) : [result as AxisLabels]
  })
}

/** Labels as far as they fit the shape that the output is known to have; others stay where they are. */
function fitting(atoms: Atoms, node: Node, given: AxisLabels, type: Inferred | undefined): AxisLabels {
  return given.map((item, axis) => {
    if (!item || type?.shape?.[axis] === item.atoms.length) return item
    for (const atom of item.atoms) atoms.pin(atom, `the shape that ${node.name} (${node.op}) gives them is not known`)
    return undefined
  })
}

const untouchedReason = (node: Node, rule: AnyChannelRule | undefined) =>
  rule ? `${node.name} (${node.op}) computes across them` : `how ${node.name} (${node.op}) treats channels is not known`
