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

/** Element types whose tensors are not cut: their elements share bytes, or have none of one size. */
const uncut = /^(string|u?int[24]|float4e2m1|undefined)$/

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

function makePlan(graph: Graph): ChannelPlan {
  checkOpset(graph)
  const atoms = createAtoms()
  const labels = new Map<string, AxisLabels>()
  const constants = new Set<string>()
  const uses = new Map<string, Use[]>()
  const masked: MaskedRead[] = []
  const unlabelled: { node: Node; reason: string }[] = []
  const { values } = inferTypes(graph)

  for (const [name, { dims, dataType }] of graph.initializers) {
    constants.add(name)
    if (!uncut.test(dataType))
      labels.set(
        name,
        dims.map((size, axis) => freshLabels(atoms, name, axis, size)),
      )
  }

  const use = (role: Use['role'], node: Node, value: string, { tensor, axis }: Pick<Origin, 'tensor' | 'axis'>) => {
    const key = useKey(tensor, axis)
    const known = uses.get(key) ?? []
    if (!known.some(other => other.role === role)) known.push({ role, node, input: inputNameOf(node, value) })
    uses.set(key, known)
  }
  const record: FlowRecord = {
    makes: (node, weight, origin, size) => {
      if (origin) use('makes', node, weight.name, origin)
      else unlabelled.push({ node, reason: size === 1 ? 'there is only one' : 'its weight is no initializer' })
    },
    reads: (node, weight, origin) => use('reads', node, weight.name, origin),
    masks: (node, { name, shape }, axis) =>
      masked.push({ node, value: name, axis: axis < 0 ? axis + shape.length : axis }),
  }
  const seen = (name: string, asked: (axis: number) => void): FlowValue =>
    flowValue(name, values.get(name), constants.has(name), axis => {
      asked(axis)
      return labels.get(name)?.[axis]
    })
  const inputsOf = (node: Node, asked: (name: string, axis: number) => void = () => {}) =>
    byName(
      operatorOf(node)?.inputs ?? [],
      node.inputs.map(name => (name ? seen(name, axis => asked(name, axis)) : undefined)),
    )

  for (const node of graph.nodes) {
    const asked = new Set<string>()
    const inputs = inputsOf(node, (name, axis) => asked.add(useKey(name, axis)))
    const flow = createFlow({
      node,
      atoms,
      record,
      outputShapes: node.outputs.map(name => values.get(name)?.shape),
      placesRead: count => placesRead(graph, values, node.outputs[0] ?? '', count),
      labelsOf: ({ name }, axis) => labels.get(name)?.at(axis),
    })
    const rule = ruleOf(node)
    const reads = readsOf(node)
    if (reads.length > 0 && reads.every(name => constants.has(name)))
      for (const output of node.outputs) constants.add(output)
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
        const key = useKey(name, axis)
        if (graph.initializers.has(name)) use('follows', node, name, { tensor: name, axis })
        if (!asked.has(key)) for (const atom of item.atoms) atoms.pin(atom, untouchedReason(node, rule))
      }
  }
  for (const { name } of graph.outputs)
    for (const item of labels.get(name) ?? [])
      for (const atom of item?.atoms ?? []) atoms.pin(atom, `they are the output ${name} of the model`)
  // Nothing is joined from here on: every place gets the atom that stands for its channel.
  for (const [name, axes] of labels)
    labels.set(
      name,
      axes.map(item => item && { ...item, atoms: item.atoms.map(atoms.rootOf) }),
    )
  return { atoms, labels, uses, constants, masked, unlabelled, inputsOf }
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
