import { type Graph, matchNodes, type Node } from '@pare/core-graph'
import { type ChannelPlan, channelPlan, type Use, useKey } from './channel-plan.ts'

/** Which groups of channels are wanted, by the nodes that make them: patterns of `matchNodes`. */
export interface ChannelGroupOptions {
  /** Only groups that one of these nodes makes. Default: all. */
  readonly include?: readonly string[]
  /** No group that one of these nodes makes. Default: none. */
  readonly exclude?: readonly string[]
}

/** What of a model can be cut, and what cannot. */
export interface ChannelGroups {
  /** In the order of the nodes that make their channels first. */
  readonly groups: readonly ChannelGroup[]
  /** Layers whose output channels stay, all or some of them, and why. */
  readonly kept: readonly KeptLayer[]
}

/** A layer whose channels stay. */
export interface KeptLayer {
  readonly node: string
  readonly op: string
  /** A clause about the channels, such as `they are the output logits of the model`. */
  readonly reason: string
}

/**
 * Channels that are made by the same layers and read by the same layers, any of which may be cut as long as one is
 * left. A channel is whatever must go together: one place of a convolution's output, the same place in both branches of
 * a residual connection, all positions of a flattened channel, one dimension of all heads.
 */
export interface ChannelGroup {
  /** The node that makes its channels first, with `#2`, … where that one makes several groups; no two groups share it. */
  readonly name: string
  /** How many channels there are. */
  readonly channels: number
  /** The layers that make the channels (`Conv`, `Gemm`, …), by name, in their order. */
  readonly makers: readonly string[]
  /** Every axis of an initializer along which the channels lie. */
  readonly members: readonly ChannelMember[]
  /** Every axis of a value that a node makes along which they lie. */
  readonly values: readonly ChannelValue[]
}

/** An axis of an initializer along which a group's channels lie, perhaps beside others. */
export interface ChannelMember {
  /** Name of the initializer. It may hold integers, dequantized by the DequantizeLinear that reads it. */
  readonly tensor: string
  readonly axis: number
  /**
   * `makes`: the output axis of a layer's weight. `follows`: works on each channel by itself (bias, BatchNormalization,
   * the weight of a depthwise convolution, scales of quantization). `reads`: the input axis of a layer's weight, where
   * zeros do what a cut does.
   */
  readonly role: 'makes' | 'follows' | 'reads'
  /** The node that computes with it (of several, the first), and as which of its inputs by ONNX's name: `W`, `scale`. */
  readonly node: string
  readonly input: string
  /** By channel: its places along the axis. */
  readonly indices: readonly (readonly number[])[]
}

/** An axis of an activation along which a group's channels lie, perhaps beside others. */
export interface ChannelValue {
  readonly value: string
  readonly axis: number
  /** By channel: its places along the axis. */
  readonly indices: readonly (readonly number[])[]
}

/** Channels to cut or to mask: by group name, each channel's number in its group. */
export type ChannelCuts = ReadonlyMap<string, readonly number[]>

/** What of the model can be cut, whatever the options ask for. Names are the same for all options. */
const remembered = new WeakMap<Graph, ChannelGroups>()

/**
 * The groups of channels that can be cut from a graph without breaking it (`cutChannels`), and what cannot, and why.
 * @throws ModelError `MODEL_OPSET` for a graph of an operator set before 21; RecipeError `RECIPE_NO_MATCH`,
 *   `RECIPE_PATTERN` for patterns
 */
export function channelGroups(graph: Graph, { include, exclude = [] }: ChannelGroupOptions = {}): ChannelGroups {
  const all = remembered.get(graph) ?? findGroups(graph)
  remembered.set(graph, all)
  if (!include && exclude.length === 0) return all
  const wanted = include && namesOf(matchNodes(graph, include, 'include'))
  const unwanted = namesOf(matchNodes(graph, exclude, 'exclude'))
  const reasonFor = ({ makers }: ChannelGroup) => {
    const excluded = makers.find(maker => unwanted.has(maker))
    if (excluded !== undefined) return `${excluded} is excluded`
    return wanted && !makers.some(maker => wanted.has(maker)) ? 'they are not included' : undefined
  }
  const reasons = new Map(all.groups.map(group => [group, reasonFor(group)]))
  const ops = new Map(graph.nodes.map(({ name, op }) => [name, op]))
  return {
    groups: all.groups.filter(group => reasons.get(group) === undefined),
    kept: [
      ...all.kept,
      ...all.groups.flatMap(group =>
        group.makers.flatMap(node => {
          const reason = reasons.get(group)
          return reason === undefined ? [] : [{ node, op: ops.get(node) ?? '', reason }]
        }),
      ),
    ],
  }
}

const namesOf = (nodes: ReadonlySet<Node>): ReadonlySet<string> => new Set([...nodes].map(({ name }) => name))

/** Where a channel lies: its places along an axis of an initializer or of another value. */
interface Place {
  readonly name: string
  readonly axis: number
  /** As what an initializer is used; none for other values. */
  readonly uses: readonly Use[]
  readonly indices: number[]
}

function findGroups(graph: Graph): ChannelGroups {
  const plan = channelPlan(graph)
  const channels = channelsOf(plan, graph)
  const order = new Map(graph.nodes.map((node, index) => [node, index]))
  // Alike are channels that lie in as many places of the same axes: any of them can go if one is left.
  const alike = new Map<string, (readonly Place[])[]>()
  for (const places of channels.values()) {
    if (!places.some(isMade)) continue
    const key = places.map(({ name, axis, indices }) => `${useKey(name, axis)}:${indices.length}`).join('\n')
    const group = alike.get(key)
    if (group) group.push(places)
    else alike.set(key, [places])
  }
  const counts = new Map<string, number>()
  const groups = [...alike.values()]
    .map(group => groupOf(group, order))
    .sort((a, b) => a.first - b.first || a.place - b.place)
    .map(({ group }) => {
      const [name = ''] = group.makers
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return { ...group, name: count === 1 ? name : `${name}#${count}` }
    })
  return {
    groups: groups.filter(({ channels }) => channels > 1),
    kept: keptLayers(graph, plan, groups),
  }
}

const isMade = ({ uses }: Place) => uses.some(({ role }) => role === 'makes')

/** Where each channel lies that may be cut, by its atom. */
function channelsOf({ atoms, labels, uses, constants }: ChannelPlan, graph: Graph): ReadonlyMap<number, Place[]> {
  const channels = new Map<number, Place[]>()
  for (const [name, axes] of labels) {
    const isInitializer = graph.initializers.has(name)
    if (constants.has(name) && !isInitializer) continue
    for (const [axis, item] of axes.entries())
      for (const [index, atom] of (item?.atoms ?? []).entries()) {
        if (atoms.reasonOf(atom) !== undefined) continue
        const places = channels.get(atom) ?? []
        channels.set(atom, places)
        const last = places.at(-1)
        if (last?.name === name && last.axis === axis) last.indices.push(index)
        else
          places.push({ name, axis, uses: isInitializer ? (uses.get(useKey(name, axis)) ?? []) : [], indices: [index] })
      }
  }
  return channels
}

/** A group of channels that are alike, and where it begins: with which node, at which place. */
function groupOf(channels: readonly (readonly Place[])[], order: ReadonlyMap<Node, number>) {
  const placeIn = (node: Node) => order.get(node) ?? 0
  const [places = []] = channels
  const makers = places
    .flatMap(({ uses }) => uses.filter(({ role }) => role === 'makes').map(({ node }) => node))
    .sort((a, b) => placeIn(a) - placeIn(b))
  const leading = places.findIndex(({ uses }) => uses.some(({ role, node }) => role === 'makes' && node === makers[0]))
  const placeOf = (channel: readonly Place[]) => channel[leading]?.indices[0] ?? 0
  const sorted = channels.toSorted((a, b) => placeOf(a) - placeOf(b))
  const indicesAt = (place: number) => sorted.map(channel => channel[place]?.indices ?? [])
  const group = {
    channels: channels.length,
    makers: [...new Set(makers.map(({ name }) => name))],
    members: places.flatMap(({ name, axis, uses }, place) =>
      rolesOf(uses).map(
        ({ role, node, input }): ChannelMember => ({
          tensor: name,
          axis,
          role,
          node: node.name,
          input,
          indices: indicesAt(place),
        }),
      ),
    ),
    values: places.flatMap(({ name, axis, uses }, place) =>
      uses.length > 0 ? [] : [{ value: name, axis, indices: indicesAt(place) }],
    ),
  }
  return { group, first: makers[0] ? placeIn(makers[0]) : 0, place: sorted[0] ? placeOf(sorted[0]) : 0 }
}

/** One use of each role; a weight that makes or reads channels is used as that, whoever else looks at it on the way. */
function rolesOf(uses: readonly Use[]): readonly Use[] {
  const layers = uses.filter(({ role }) => role !== 'follows')
  const roles = new Map((layers.length > 0 ? layers : uses).toReversed().map(use => [use.role, use]))
  return [...roles.values()]
}

/** Each layer whose output channels stay, with the first reason, in the order of the nodes. */
function keptLayers(graph: Graph, plan: ChannelPlan, groups: readonly ChannelGroup[]): readonly KeptLayer[] {
  const reasons = new Map<string, string>()
  const keep = (node: string, reason: string) => reasons.set(node, reasons.get(node) ?? reason)
  for (const { node, reason } of plan.unlabelled) keep(node.name, reason)
  for (const [tensor, axes] of plan.labels)
    for (const [axis, item] of axes.entries())
      for (const { role, node } of plan.uses.get(useKey(tensor, axis)) ?? []) {
        const pinned = role === 'makes' ? item?.atoms.find(atom => plan.atoms.reasonOf(atom) !== undefined) : undefined
        if (pinned !== undefined) keep(node.name, plan.atoms.reasonOf(pinned) ?? '')
      }
  for (const { channels, makers } of groups)
    if (channels === 1) for (const maker of makers) keep(maker, 'all of them go together')
  return graph.nodes.flatMap(({ name, op }) => {
    const reason = reasons.get(name)
    return reason === undefined ? [] : [{ node: name, op, reason }]
  })
}
